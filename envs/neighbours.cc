#include "envs/neighbours.h"

#include <cmath>

#include "envs/mass_properties.h"

namespace figment::envs {
namespace {

using base::Pose;
using base::Vec3;

constexpr double kContactOffset_m = 0.01;  // Unity's Physics.defaultContactOffset

}  // namespace

void NeighbourCount::Place(const Pose& X_WB, BodyBounds& body) {
  const Eigen::Matrix3d spread = X_WB.q.toRotationMatrix().cwiseAbs();
  body.parts_W.clear();
  for (const Box& part : body.parts_B) {
    const Vec3 centre = X_WB * Vec3((part.low + part.high) / 2);
    const Vec3 half = spread * (part.high - part.low) / 2 + Vec3::Constant(kContactOffset_m);
    body.parts_W.push_back({centre - half, centre + half});
  }
  if (body.parts_W.empty()) return;
  body.all_W = body.parts_W.front();
  for (const Box& part : body.parts_W) {
    body.all_W.low = body.all_W.low.cwiseMin(part.low);
    body.all_W.high = body.all_W.high.cwiseMax(part.high);
  }
}

NeighbourCount::NeighbourCount(const Scene& scene)
    : bodies_(scene.bodies.size()), floor_m_(scene.ground.height_m + kContactOffset_m), counts_(scene.bodies.size(), 0) {
  for (size_t k = 0; k < bodies_.size(); ++k) {
    const Body& body = scene.bodies[k];
    if (body.collides) {
      for (const ConvexPart& part : scene.shapes[static_cast<size_t>(body.shape)].parts) {
        Box box = {Vec3::Constant(INFINITY), Vec3::Constant(-INFINITY)};
        for (const auto& vertex : part.vertices) {
          const Vec3 scaled = vertex.cast<double>().cwiseProduct(body.scale);
          box.low = box.low.cwiseMin(scaled);
          box.high = box.high.cwiseMax(scaled);
        }
        bodies_[k].parts_B.push_back(box);
      }
    }
    Place(body.X_WB, bodies_[k]);
  }
  const auto groups = RigidGroups(scene);
  for (size_t g = 0; g < groups.size(); ++g) {
    bool moves = true;
    for (const int body : groups[g]) moves &= scene.bodies[static_cast<size_t>(body)].motion == Motion::kDynamic;
    for (const int body : groups[g]) {
      bodies_[static_cast<size_t>(body)].group = static_cast<int>(g);
      bodies_[static_cast<size_t>(body)].moves = moves;
    }
  }
  for (const FixedJoint& joint : scene.joints) {
    ++bodies_[static_cast<size_t>(joint.body_a)].joints;
    ++bodies_[static_cast<size_t>(joint.body_b)].joints;
  }
  for (const Fixture& fixture : scene.fixtures) {
    if (!fixture.collides) continue;
    const Vec3 half = fixture.X_WF.q.toRotationMatrix().cwiseAbs() * fixture.half_size + Vec3::Constant(kContactOffset_m);
    fixtures_.push_back({fixture.X_WF.p - half, fixture.X_WF.p + half});
  }
}

void NeighbourCount::Update(const std::function<Pose(int)>& pose, const std::function<bool(int)>& is_awake) {
  for (size_t k = 0; k < bodies_.size(); ++k) {
    BodyBounds& body = bodies_[k];
    counts_[k] = body.moves ? body.joints : 0;
    if (!body.moves || body.parts_B.empty()) continue;
    Place(pose(static_cast<int>(k)), body);
    for (const Box& part : body.parts_W) {
      counts_[k] += part.low.z() <= floor_m_;
      for (const Box& fixture : fixtures_) counts_[k] += part.Meets(fixture);
    }
  }
  for (size_t a = 0; a < bodies_.size(); ++a) {
    if (!bodies_[a].moves || bodies_[a].parts_B.empty()) continue;
    for (size_t b = 0; b < bodies_.size(); ++b) {
      const BodyBounds &one = bodies_[a], &other = bodies_[b];
      if ((other.moves && b <= a) || other.parts_B.empty() || one.group == other.group) continue;
      if (!is_awake(static_cast<int>(a)) && !(other.moves && is_awake(static_cast<int>(b)))) continue;
      if (!one.all_W.Meets(other.all_W)) continue;
      int pairs = 0;
      for (const Box& p : one.parts_W) {
        if (!p.Meets(other.all_W)) continue;
        for (const Box& q : other.parts_W) pairs += p.Meets(q);
      }
      counts_[a] += pairs;
      if (other.moves) counts_[b] += pairs;
    }
  }
}

}  // namespace figment::envs
