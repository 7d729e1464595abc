#include "physion/trial_arrays.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace figment::physion {
namespace {

using base::Vec3;

void Append(Floats& out, const Vec3& v) {
  for (int i = 0; i < 3; ++i) out.push_back(static_cast<float>(v[i]));
}

void AppendPoint(Floats& out, const Vec3& v_W) { Append(out, ToReference(v_W)); }

// Directions of kSideNames in our axes of a shape: x right, y forward, z up.
const std::array<Vec3, 7>& SideDirections() {
  static const std::array<Vec3, 7> directions = {Vec3::UnitY(),  -Vec3::UnitY(), -Vec3::UnitX(), Vec3::UnitX(),
                                                 Vec3::UnitZ(), -Vec3::UnitZ(), Vec3::Zero()};
  return directions;
}

void AddSides(const Vec3& low, const Vec3& high, const base::Pose& X_WB, ObjectArrays& out) {
  const Vec3 centre = 0.5 * (low + high), half = 0.5 * (high - low);
  for (size_t side = 0; side < out.sides.size(); ++side)
    AppendPoint(out.sides[side], X_WB * (centre + half.cwiseProduct(SideDirections()[side])));
}

void AddBody(const envs::Scene& scene, const envs::BodyState& state, size_t index, ObjectArrays& out) {
  const envs::Body& body = scene.bodies[index];
  const envs::Shape& shape = scene.shapes[static_cast<size_t>(body.shape)];
  const base::Quat q = ToReference(state.X_WB.q);
  AppendPoint(out.positions, state.X_WB.p);
  AppendPoint(out.forwards, state.X_WB.q * Vec3::UnitY());
  for (const double value : {q.x(), q.y(), q.z(), q.w()}) out.rotations.push_back(static_cast<float>(value));
  AppendPoint(out.velocities, state.velocity_W);
  Append(out.angular_velocities, AngularToReference(state.angular_velocity_W));
  AddSides(shape.low.cwiseProduct(body.scale), shape.high.cwiseProduct(body.scale), state.X_WB, out);
}

Vec3 Mean(const std::vector<Eigen::Vector3f>& points) {
  Vec3 sum = Vec3::Zero();
  for (const auto& point : points) sum += point.cast<double>();
  return sum / static_cast<double>(points.size());
}

// A cloth has no pose: its particles' centre, not turned.
void AddCloth(const envs::ClothState& state, ObjectArrays& out) {
  Vec3 low = state.vertices_W.front().cast<double>(), high = low;
  for (const auto& vertex : state.vertices_W) {
    low = low.cwiseMin(vertex.cast<double>());
    high = high.cwiseMax(vertex.cast<double>());
  }
  AppendPoint(out.positions, Mean(state.vertices_W));
  AppendPoint(out.forwards, Vec3::UnitY());
  for (const float value : {0.0f, 0.0f, 0.0f, 1.0f}) out.rotations.push_back(value);
  AppendPoint(out.velocities, Mean(state.velocities_W));
  Append(out.angular_velocities, Vec3::Zero());
  AddSides(low, high, base::Pose{}, out);
}

const char* Name(CollisionState state) {
  switch (state) {
    case CollisionState::kEnter: return "enter";
    case CollisionState::kStay: return "stay";
    case CollisionState::kExit: return "exit";
  }
  return "";
}

int32_t IdOf(const Trial& trial, int object) {
  return object < 0 ? object : trial.spec.objects[static_cast<size_t>(object)].id;
}

// Contacts with the room are the environment's, as the reference has them.
template <class Event>
bool IsRoom(const Event& event) {
  return event.object_b < 0;
}

int32_t PairRow(const FrameRecord& record, const ContactEvent& contact) {
  if (IsRoom(contact)) return -1;
  int32_t row = 0;
  for (const PairEvent& pair : record.pairs) {
    if (IsRoom(pair)) continue;
    if (pair.object_a == contact.object_a && pair.object_b == contact.object_b) return row;
    ++row;
  }
  CHECK(!"a contact without its pair");
  return -1;
}

}  // namespace

void FillObjectArrays(const Trial& trial, const envs::SceneState& state, ObjectArrays& out) {
  for (Floats* array : {&out.positions, &out.forwards, &out.rotations, &out.velocities, &out.angular_velocities})
    array->clear();
  for (Floats& side : out.sides) side.clear();
  for (const int body : trial.body_of_object) {
    if (body >= 0)
      AddBody(trial.scene, state.bodies[static_cast<size_t>(body)], static_cast<size_t>(body), out);
    else
      AddCloth(state.cloths.front(), out);
  }
}

void FillCollisionArrays(const Trial& trial, const FrameRecord& record, CollisionArrays& out) {
  out.ids.clear(), out.relative_velocities.clear(), out.contacts.clear(), out.states.clear();
  out.env_ids.clear(), out.env_contacts.clear();
  for (const PairEvent& pair : record.pairs) {
    if (IsRoom(pair)) continue;
    out.ids.push_back(IdOf(trial, pair.object_a));
    out.ids.push_back(IdOf(trial, pair.object_b));
    AppendPoint(out.relative_velocities, pair.relative_velocity_W);
    out.states.push_back(Name(pair.state));
  }
  for (const ContactEvent& contact : record.contacts) {
    Floats& contacts = IsRoom(contact) ? out.env_contacts : out.contacts;
    AppendPoint(contacts, contact.normal_W);
    AppendPoint(contacts, contact.point_W);
    const int32_t id = IdOf(trial, contact.object_a);
    if (IsRoom(contact) && std::find(out.env_ids.begin(), out.env_ids.end(), id) == out.env_ids.end())
      out.env_ids.push_back(id);
  }
}

void AddContacts(const Trial& trial, const FrameRecord& record, int frame, ContactTable& out) {
  for (const ContactEvent& contact : record.contacts) {
    out.frame.push_back(frame);
    out.ids.push_back(IdOf(trial, contact.object_a));
    out.ids.push_back(IdOf(trial, contact.object_b));
    out.pair.push_back(PairRow(record, contact));
    AppendPoint(out.points, contact.point_W);
    AppendPoint(out.normals, contact.normal_W);
    out.impulses.push_back(static_cast<float>(contact.impulse_Ns));
    out.distances.push_back(static_cast<float>(contact.distance_m));
  }
}

void FillParticleArrays(const envs::Cloth& cloth, const envs::ClothState& state, ParticleArrays& out) {
  out.particles.clear(), out.velocities.clear();
  const float inverse_mass = static_cast<float>(static_cast<double>(state.vertices_W.size()) / cloth.mass_kg);
  for (const auto& vertex : state.vertices_W) {
    AppendPoint(out.particles, vertex.cast<double>());
    out.particles.push_back(inverse_mass);
  }
  for (const auto& velocity : state.velocities_W) AppendPoint(out.velocities, velocity.cast<double>());
}

CameraArrays CameraMatrices(const envs::Camera& camera, double aspect) {
  CHECK_EQ(camera.parent, -1);
  const double cotangent = 1 / std::tan(0.5 * camera.fov_y_rad), n = camera.near_m, f = camera.far_m;
  Eigen::Matrix4d projection = Eigen::Matrix4d::Zero();
  projection(0, 0) = cotangent / aspect;
  projection(1, 1) = cotangent;
  projection(2, 2) = -(f + n) / (f - n);
  projection(2, 3) = -2 * f * n / (f - n);
  projection(3, 2) = -1;

  // Our camera: x right, y down, z forward. Rows of the view: right, up, backwards.
  const Eigen::Matrix3d R_WC = camera.X_PC.q.toRotationMatrix();
  const Vec3 position = ToReference(camera.X_PC.p);
  const std::array<Vec3, 3> axes = {ToReference(Vec3(R_WC.col(0))), ToReference(Vec3(-R_WC.col(1))),
                                    ToReference(Vec3(-R_WC.col(2)))};
  Eigen::Matrix4d view = Eigen::Matrix4d::Identity();
  for (int row = 0; row < 3; ++row) {
    const Vec3& axis = axes[static_cast<size_t>(row)];
    view.row(row) << axis.x(), axis.y(), axis.z(), -axis.dot(position);
  }

  CameraArrays out;
  for (int row = 0; row < 4; ++row)
    for (int column = 0; column < 4; ++column) {
      out.projection[static_cast<size_t>(4 * row + column)] = static_cast<float>(projection(row, column));
      out.world_to_camera[static_cast<size_t>(4 * row + column)] = static_cast<float>(view(row, column));
    }
  return out;
}

}  // namespace figment::physion
