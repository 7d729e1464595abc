#include "envs/mujoco_scene.h"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "base/check.h"
#include "base/error.h"

namespace figment::envs {
namespace {

using base::Pose;
using base::Quat;
using base::Vec3;

// Collision bits: solids meet solids; the plane meets solids that are exact geoms.
constexpr int kSolidBit = 1, kPlaneBit = 2;
// Room for contacts and the solver, several times what twenty bodies of twenty parts need; touched only as used.
constexpr mjtSize kArenaBytes = 64 << 20;

void Copy(const Vec3& from, double* to) { std::copy_n(from.data(), 3, to); }
void Copy(const Quat& from, double* to) { to[0] = from.w(), to[1] = from.x(), to[2] = from.y(), to[3] = from.z(); }

// Writes the model of one scene.
class Builder {
 public:
  Builder(const Scene& scene, const WorldConfig& config, double timestep_s) : scene_(scene), spec_(MakeMujocoSpec()) {
    SetOptions(config, timestep_s);
  }

  MujocoScene Build() {
    mjsBody* world = mjs_findBody(spec_.get(), "world");
    AddGround(world);
    for (const Fixture& fixture : scene_.fixtures)
      if (fixture.collides) AddBox(world, fixture.X_WF, fixture.half_size, kFixtureId);
    out_.group_of_body.assign(scene_.bodies.size(), -1);
    for (const auto& bodies : RigidGroups(scene_))
      if (IsFixed(bodies))
        for (int body : bodies) AddGeoms(world, body, BodyOf(body).X_WB);
      else
        AddGroup(world, bodies);
    return Finish();
  }

 private:
  const Body& BodyOf(int body) const { return scene_.bodies[static_cast<size_t>(body)]; }

  bool IsFixed(const std::vector<int>& bodies) const {
    return std::any_of(bodies.begin(), bodies.end(), [&](int body) { return BodyOf(body).motion == Motion::kFixed; });
  }

  void SetOptions(const WorldConfig& config, double timestep_s) {
    spec_->memory = kArenaBytes;
    spec_->compiler.usethread = 0;
    mjOption& option = spec_->option;
    option.timestep = timestep_s;
    option.gravity[2] = -config.gravity_m_s2;
    option.integrator = mjINT_EULER;
    option.cone = mjCONE_ELLIPTIC;
    option.solver = mjSOL_NEWTON;
    option.iterations = config.solver_iterations;
    option.disableflags |= mjDSBL_AUTORESET | mjDSBL_EULERDAMP | mjDSBL_ACTUATION | mjDSBL_SENSOR;
  }

  void AddGround(mjsBody* world) {
    mjsGeom* plane = AddGeom(world, Pose{Vec3(0, 0, scene_.ground.height_m), Quat::Identity()}, kGroundId);
    plane->type = mjGEOM_PLANE;
    plane->size[2] = 1;  // spacing of a grid that nobody draws; the plane is infinite
    plane->contype = plane->conaffinity = kPlaneBit;
    plane->margin = kSpeculativeMarginM;
  }

  mjsGeom* AddGeom(mjsBody* parent, const Pose& X_PG, int body) {
    mjsGeom* geom = mjs_addGeom(parent, nullptr);
    Copy(X_PG.p, geom->pos);
    Copy(X_PG.q, geom->quat);
    geom->contype = kSolidBit;
    geom->conaffinity = kSolidBit | kPlaneBit;
    geom->condim = 3;
    geoms_.push_back({geom, body});
    return geom;
  }

  void AddBox(mjsBody* parent, const Pose& X_PG, const Vec3& half_size, int body) {
    mjsGeom* geom = AddGeom(parent, X_PG, body);
    geom->type = mjGEOM_BOX;
    Copy(half_size, geom->size);
  }

  void AddGroup(mjsBody* world, const std::vector<int>& bodies) {
    const int index = static_cast<int>(out_.groups.size());
    out_.groups.push_back(MakeGroup(bodies));
    const MujocoGroup& group = out_.groups.back();
    mjsBody* body = mjs_addBody(world, nullptr);
    Copy(group.X_WG.p, body->pos);
    Copy(group.X_WG.q, body->quat);
    Copy(Vec3(Vec3::Zero()), body->ipos);
    Copy(Quat::Identity(), body->iquat);
    body->mass = group.mass_kg;
    Copy(group.moments, body->inertia);
    body->explicitinertial = 1;
    mjs_addFreeJoint(body);
    for (size_t k = 0; k < bodies.size(); ++k) {
      out_.group_of_body[static_cast<size_t>(bodies[k])] = index;
      AddGeoms(body, bodies[k], group.X_GB[k]);
    }
  }

  MujocoGroup MakeGroup(const std::vector<int>& bodies) const {
    MujocoGroup group;
    group.bodies = bodies;
    std::vector<MassProperties> parts;
    for (int index : bodies) {
      const Body& body = BodyOf(index);
      parts.push_back(Transform(body.X_WB, MassPropertiesOf(ShapeOf(body), body.scale, body.mass_kg)));
      group.linear_damping += body.mass_kg * body.linear_damping;
      group.angular_damping += body.mass_kg * body.angular_damping;
    }
    const MassProperties whole = Sum(parts);
    group.mass_kg = whole.mass_kg;
    group.linear_damping /= whole.mass_kg;
    group.angular_damping /= whole.mass_kg;
    // Start from the first body's axes, so that a single symmetric body keeps its own.
    const Quat q_WB = BodyOf(bodies.front()).X_WB.q;
    const PrincipalAxes axes = PrincipalAxesOf(Transform(Pose{Vec3::Zero(), q_WB.conjugate()}, whole).inertia_F);
    group.moments = axes.moments;
    group.X_WG = {whole.centre_F, (q_WB * axes.q_FP).normalized()};
    for (int index : bodies) group.X_GB.push_back(group.X_WG.Inverse() * BodyOf(index).X_WB);
    return group;
  }

  const Shape& ShapeOf(const Body& body) const { return scene_.shapes[static_cast<size_t>(body.shape)]; }

  // The collision geometry of `body`, whose pose in the parent is X_PB.
  void AddGeoms(mjsBody* parent, int index, const Pose& X_PB) {
    const Body& body = BodyOf(index);
    if (!body.collides) return;
    const Vec3& scale = body.scale;
    const Pose X_PC = X_PB * Pose{Vec3(0, 0, scale.z() / 2), Quat::Identity()};  // middle of the unit solids
    switch (ShapeOf(body).kind) {
      case ShapeKind::kBox: return AddBox(parent, X_PC, scale / 2, index);
      case ShapeKind::kSphere:
        if (scale.x() != scale.y() || scale.x() != scale.z()) break;
        return AddSphere(parent, X_PC, scale.x() / 2, index);
      case ShapeKind::kCylinder:
        if (scale.x() != scale.y()) break;
        return AddCylinder(parent, X_PC, Vec3(scale.x() / 2, scale.z() / 2, 0), index);
      case ShapeKind::kCone:
      case ShapeKind::kConvex:
      case ShapeKind::kCompound: break;
    }
    AddParts(parent, index, X_PB);
  }

  void AddSphere(mjsBody* parent, const Pose& X_PG, double radius, int body) {
    mjsGeom* geom = AddGeom(parent, X_PG, body);
    geom->type = mjGEOM_SPHERE;
    geom->size[0] = radius;
    geom->margin = kSpeculativeMarginM;
  }

  void AddCylinder(mjsBody* parent, const Pose& X_PG, const Vec3& size, int body) {
    mjsGeom* geom = AddGeom(parent, X_PG, body);
    geom->type = mjGEOM_CYLINDER;
    Copy(size, geom->size);
  }

  void AddParts(mjsBody* parent, int index, const Pose& X_PB) {
    const Body& body = BodyOf(index);
    MujocoHull hull{.body = index, .group = out_.group_of_body[static_cast<size_t>(index)]};
    hull.geom = static_cast<int>(geoms_.size());  // number of its first geom; its id is known once compiled
    const auto& parts = ShapeOf(body).parts;
    for (size_t part = 0; part < parts.size(); ++part) {
      mjsGeom* geom = AddGeom(parent, X_PB, index);
      geom->type = mjGEOM_MESH;
      geom->conaffinity = kSolidBit;
      mjs_setString(geom->meshname, MeshOf(body, part).c_str());
      for (const auto& vertex : parts[part].vertices)
        hull.vertices_G.push_back(X_PB * body.scale.cwiseProduct(vertex.cast<double>()));
    }
    if (hull.group >= 0) out_.hulls.push_back(std::move(hull));
  }

  // Equal parts of equally scaled bodies share a mesh.
  const std::string& MeshOf(const Body& body, size_t part) {
    const auto key = std::tuple(body.shape, part, body.scale.x(), body.scale.y(), body.scale.z());
    const auto [entry, is_new] = meshes_.try_emplace(key, "mesh" + std::to_string(meshes_.size()));
    if (!is_new) return entry->second;
    std::vector<float> vertices;
    for (const auto& vertex : ShapeOf(body).parts[part].vertices) {
      const Eigen::Vector3f scaled = body.scale.cwiseProduct(vertex.cast<double>()).cast<float>();
      vertices.insert(vertices.end(), scaled.data(), scaled.data() + 3);
    }
    mjsMesh* mesh = mjs_addMesh(spec_.get(), nullptr);
    mjs_setName(mesh->element, entry->second.c_str());
    mjs_setFloat(mesh->uservert, vertices.data(), static_cast<int>(vertices.size()));
    return entry->second;
  }

  MujocoScene Finish() {
    out_.model = Compile(*spec_);
    CHECK_EQ(static_cast<size_t>(out_.model->ngeom), geoms_.size());
    CHECK_EQ(static_cast<size_t>(out_.model->nv), 6 * out_.groups.size());
    out_.body_of_geom.resize(geoms_.size());
    const auto id = [&](int number) { return mjs_getId(geoms_[static_cast<size_t>(number)].geom->element); };
    for (int number = 0; number < static_cast<int>(geoms_.size()); ++number)
      out_.body_of_geom[static_cast<size_t>(id(number))] = geoms_[static_cast<size_t>(number)].body;
    for (MujocoHull& hull : out_.hulls) hull.geom = id(hull.geom);
    out_.ground_geom = id(0);
    return std::move(out_);
  }

  struct NumberedGeom {
    mjsGeom* geom;
    int body;
  };

  const Scene& scene_;
  MujocoSpec spec_;
  MujocoScene out_;
  std::vector<NumberedGeom> geoms_;
  std::map<std::tuple<int, size_t, double, double, double>, std::string> meshes_;
};

}  // namespace

MujocoScene BuildMujocoScene(const Scene& scene, const WorldConfig& config, double timestep_s) {
  if (!scene.cloths.empty())
    throw base::UsageError("the MuJoCo engine has no cloth (scene holds '" + scene.cloths.front().name +
                           "'): use --engine bullet");
  return Builder(scene, config, timestep_s).Build();
}

}  // namespace figment::envs
