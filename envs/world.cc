#include "envs/world.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sstream>
#include <utility>

#include "base/check.h"

namespace figment::envs {
namespace {

using base::Vec3;

// A saved world is the raw bytes of its numbers, in this order of calls, by the same build.
class Writer {
 public:
  explicit Writer(std::vector<std::byte>& out) : out_(out) {}

  template <class T>
  void Put(const T* values, size_t count) {
    const size_t size = out_.size();
    out_.resize(size + count * sizeof(T));
    std::memcpy(out_.data() + size, values, count * sizeof(T));
  }
  template <class T>
  void PutScalar(T value) {
    Put(&value, 1);
  }
  void PutVector(const Vec3& v) { Put(v.data(), 3); }

 private:
  std::vector<std::byte>& out_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class T>
  void Get(T* values, size_t count) {
    CHECK_LE(count * sizeof(T), bytes_.size());
    std::memcpy(values, bytes_.data(), count * sizeof(T));
    bytes_ = bytes_.subspan(count * sizeof(T));
  }
  template <class T>
  T GetScalar() {
    T value;
    Get(&value, 1);
    return value;
  }
  void GetVector(Vec3& v) { Get(v.data(), 3); }
  std::span<const std::byte> Rest() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

template <class... T>
std::string Join(const T&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

std::string BodyName(const Scene& scene, size_t body) {
  return Join("body ", body, " '", scene.bodies[body].name, "'");
}

}  // namespace

const char* Name(WorldStatus status) {
  switch (status) {
    case WorldStatus::kOk: return "ok";
    case WorldStatus::kNotFinite: return "not finite";
    case WorldStatus::kOutOfBounds: return "out of bounds";
    case WorldStatus::kTooFast: return "too fast";
    case WorldStatus::kEngineWarning: return "engine warning";
  }
  return "unknown";
}

double Combine(CombineRule rule, double a, double b) {
  switch (rule) {
    case CombineRule::kAverage: return (a + b) / 2;
    case CombineRule::kProduct: return a * b;
    case CombineRule::kMaximum: return std::max(a, b);
    case CombineRule::kMinimum: return std::min(a, b);
  }
  return 0;
}

World::World(Scene scene, WorldConfig config)
    : scene_(std::move(scene)), config_(config), state_(InitialState(scene_)) {
  CHECK_GT(config_.timestep_s, 0);
  CHECK_GE(config_.substeps, 1);
}

void World::Step() {
  if (status_ != WorldStatus::kOk) return;
  // A whole number of steps, so that the clock does not drift.
  state_.time_s = (std::round(state_.time_s / config_.timestep_s) + 1) * config_.timestep_s;
  DoStep();
  CheckState();
}

void World::CheckState() {
  for (size_t k = 0; k < state_.bodies.size(); ++k) {
    if (scene_.bodies[k].motion == Motion::kFixed) continue;
    const BodyState& body = state_.bodies[k];
    const double distance = body.X_WB.p.norm(), speed = body.velocity_W.norm();
    if (!std::isfinite(distance + speed + body.angular_velocity_W.sum() + body.X_WB.q.coeffs().sum()))
      return SetStatus(WorldStatus::kNotFinite, BodyName(scene_, k) + " has a pose or velocity that is not finite");
    if (distance > config_.bound_m)
      return SetStatus(WorldStatus::kOutOfBounds, Join(BodyName(scene_, k), " is ", distance,
                                                       " m from the origin (bound ", config_.bound_m, ")"));
    if (speed > config_.max_speed_m_s)
      return SetStatus(WorldStatus::kTooFast, Join(BodyName(scene_, k), " moves at ", speed, " m/s (limit ",
                                                   config_.max_speed_m_s, ")"));
  }
  for (size_t k = 0; k < state_.cloths.size(); ++k)
    for (const auto& vertex : state_.cloths[k].vertices_W) {
      if (!vertex.allFinite())
        return SetStatus(WorldStatus::kNotFinite, Join("cloth '", scene_.cloths[k].name, "' is not finite"));
      if (vertex.norm() > config_.bound_m)
        return SetStatus(WorldStatus::kOutOfBounds,
                         Join("cloth '", scene_.cloths[k].name, "' is ", vertex.norm(), " m from the origin"));
    }
}

void World::ApplyImpulse(int body, const Vec3& impulse_Ns, const Vec3& point_W) {
  CHECK(body >= 0 && body < static_cast<int>(scene_.bodies.size()));
  if (scene_.bodies[static_cast<size_t>(body)].motion == Motion::kFixed) return;
  DoApplyImpulse(body, impulse_Ns, point_W - CentreOfMass(scene_, state_, body));
}

void World::ApplyCentralImpulse(int body, const Vec3& impulse_Ns) {
  CHECK(body >= 0 && body < static_cast<int>(scene_.bodies.size()));
  if (scene_.bodies[static_cast<size_t>(body)].motion == Motion::kFixed) return;
  DoApplyImpulse(body, impulse_Ns, Vec3::Zero());
}

void World::SetStatus(WorldStatus status, const std::string& detail) {
  status_ = status;
  status_detail_ = detail;
}

std::vector<std::byte> World::Save() const {
  std::vector<std::byte> bytes;
  Writer writer(bytes);
  writer.PutScalar(state_.time_s);
  for (const BodyState& body : state_.bodies) {
    writer.PutVector(body.X_WB.p);
    writer.Put(body.X_WB.q.coeffs().data(), 4);
    writer.PutVector(body.velocity_W);
    writer.PutVector(body.angular_velocity_W);
  }
  for (const ClothState& cloth : state_.cloths)
    for (size_t k = 0; k < cloth.vertices_W.size(); ++k) {
      writer.Put(cloth.vertices_W[k].data(), 3);
      writer.Put(cloth.velocities_W[k].data(), 3);
    }
  writer.PutScalar(contacts_.size());
  for (const Contact& contact : contacts_) {
    writer.PutScalar(contact.body_a);
    writer.PutScalar(contact.body_b);
    writer.PutVector(contact.point_W);
    writer.PutVector(contact.normal_W);
    writer.PutScalar(contact.impulse_Ns);
    writer.PutScalar(contact.distance_m);
  }
  writer.PutScalar(status_);
  writer.PutScalar(status_detail_.size());
  writer.Put(status_detail_.data(), status_detail_.size());
  DoSave(bytes);
  return bytes;
}

void World::Restore(std::span<const std::byte> saved) {
  Reader reader(saved);
  state_.time_s = reader.GetScalar<double>();
  for (BodyState& body : state_.bodies) {
    reader.GetVector(body.X_WB.p);
    reader.Get(body.X_WB.q.coeffs().data(), 4);
    reader.GetVector(body.velocity_W);
    reader.GetVector(body.angular_velocity_W);
  }
  for (ClothState& cloth : state_.cloths)
    for (size_t k = 0; k < cloth.vertices_W.size(); ++k) {
      reader.Get(cloth.vertices_W[k].data(), 3);
      reader.Get(cloth.velocities_W[k].data(), 3);
    }
  contacts_.resize(reader.GetScalar<size_t>());
  for (Contact& contact : contacts_) {
    contact.body_a = reader.GetScalar<int>();
    contact.body_b = reader.GetScalar<int>();
    reader.GetVector(contact.point_W);
    reader.GetVector(contact.normal_W);
    contact.impulse_Ns = reader.GetScalar<double>();
    contact.distance_m = reader.GetScalar<double>();
  }
  status_ = reader.GetScalar<WorldStatus>();
  status_detail_.resize(reader.GetScalar<size_t>());
  reader.Get(status_detail_.data(), status_detail_.size());
  DoRestore(reader.Rest());
}

}  // namespace figment::envs
