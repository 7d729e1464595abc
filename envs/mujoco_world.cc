// The World over MuJoCo. MuJoCo supplies collision detection, the constraint Jacobian and the convex solver; the
// contact law is ours, written per contact between MuJoCo's stages (mj_step would take one law per geom pair):
//
// - Friction, restitution and the patch factor come from WorldConfig's rules.
// - MuJoCo's solver makes each contact follow a reference acceleration. With impedance near 1 (hard) and the reference
//   (target velocity - velocity) / step, the velocity after the step IS the target: Newton's law of impact
//   v' = -e v above the threshold, v' = 0 below it, and v' = -distance / step for a contact not yet closed.
// - MuJoCo's friction cone is convex: a point that slides at speed s is lifted at friction * s (Anitescu 2006,
//   "Optimization-based simulation of nonsmooth rigid multibody dynamics"). Lowering the normal target by
//   friction * s, with s the slip after the step, gives Coulomb's law (De Saxce and Feng 1998, "The bipotential
//   method"); the solve repeats until s agrees with itself.
// - Overlap is removed from the positions only: a first solve with recovery velocities moves the bodies, a second
//   without them gives the velocities they keep, so that deep overlaps at the start do not throw bodies about.
#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <tuple>

#include "base/check.h"
#include "envs/engines.h"
#include "envs/mujoco_scene.h"
#include "envs/neighbours.h"
#include "envs/rest.h"

namespace figment::envs {
namespace {

using base::Pose;
using base::Quat;
using base::Vec3;

// Longest step of the engine. Boxes and meshes meet only once they overlap: at 10 m/s a step of 2.5 ms sinks them 25
// mm, a quarter of the thinnest dynamic body of the scenarios (.1 m dominoes), so that they still part the way they
// came.
constexpr double kLongestStepS = 0.0025;
// Overlap left alone, so that resting contacts persist; far below the 5 mm that reject a trial.
constexpr double kSlopM = 1e-4;
// Share of the remaining overlap removed per engine step (Bullet's and Box2D's customary .2).
constexpr double kRecoveryShare = 0.2;
constexpr double kMaxRecoveryM_S = 10.0;  // Unity's default maxDepenetrationVelocity
// The slip iteration ends when its targets change by less than this: an error of 2.5 micrometres a step.
constexpr double kSlipTolerance = 1e-3;
constexpr int kMaxSlipPasses = 12;
constexpr int kRecoveryPasses = 2;  // velocities that only part overlaps need no exact friction
// Contacts kept of one pair of bodies. Compound bodies that nest give a hundred, of which a few spread ones bear the
// load.
constexpr int kMaxPairContacts = 8;
// When contacts are chosen, normals that differ by a right angle count like points this far apart.
constexpr double kNormalSpreadM = 0.2;
// Contact normals within this angle belong to one patch (cos 5.7 degrees, PhysX's patch correlation of .995).
constexpr double kPatchCosine = 0.995;
// Beyond this MuJoCo itself calls a number bad (mjMAXVAL).
constexpr double kBadNumber = mjMAXVAL;

Vec3 ToVec3(const mjtNum* p) { return Vec3(p[0], p[1], p[2]); }
Pose ToPose(const mjtNum* qpos) { return {ToVec3(qpos), Quat(qpos[3], qpos[4], qpos[5], qpos[6])}; }

// Engine steps that make up `seconds`.
int InnerSteps(double seconds) { return std::max(1, static_cast<int>(std::ceil(seconds / kLongestStepS - 1e-9))); }

// What the solver aims at: the velocities bodies keep, or those that also part overlapping bodies.
enum class Aim { kKeep, kRecover };

// What our law says of one MuJoCo contact during one engine step.
struct ContactLaw {
  int index = 0;                // in mjData::contact
  int body_a = 0, body_b = 0;   // as in Contact
  bool a_is_second = true;      // MuJoCo's normal points from its first to its second geom
  int ordinal = 0;              // counts the points of one pair of geoms
  bool touching = false;
  double friction = 0;
  double target = 0;            // normal velocity after the step
  double recovery = 0;          // added to the target while positions move
  double slip = 0;              // speed times friction, see above
};

// Identifies one contact point through the engine steps of a Step.
using PointKey = std::tuple<int, int, int, int, int>;  // body_a, body_b, geom, geom, ordinal

class MujocoWorld final : public World {
 public:
  MujocoWorld(const Scene& scene, const WorldConfig& config)
      : World(scene, config),
        inner_steps_(config.substeps * InnerSteps(config.timestep_s / config.substeps)),
        h_(config.timestep_s / inner_steps_),
        mujoco_(BuildMujocoScene(scene_, config_, h_)),
        m_(mujoco_.model.get()),
        data_(MakeMujocoData(*m_)),
        d_(data_.get()),
        neighbours_(scene_) {
    for (size_t k = 0; k < mujoco_.groups.size(); ++k) {
      dofs_.push_back(static_cast<int>(6 * k));
      rest_.Add(mujoco_.groups[k].moments / mujoco_.groups[k].mass_kg);
    }
  }

  double StartOverlap() override {
    FindContacts();
    double deepest = 0;
    for (int i = 0; i < d_->ncon; ++i) {
      const mjContact& contact = d_->contact[i];
      if (BodyOf(contact.geom[0]) >= 0 && BodyOf(contact.geom[1]) >= 0) deepest = std::max(deepest, -contact.dist);
    }
    return deepest;
  }

 private:
  void DoStep() override {
    points_.clear();
    bool good = true;
    for (int k = 0; k < inner_steps_ && good; ++k) good = InnerStep();
    CapSpins();
    FillContacts();
    JudgeRest();
    FillState();
  }

  void DoApplyImpulse(int body, const Vec3& impulse_Ns, const Vec3& r_W) override {
    const int k = GroupOf(body);
    if (k < 0) return;  // held by a fixed body
    const MujocoGroup& group = mujoco_.groups[static_cast<size_t>(k)];
    const Pose X_WG = ToPose(d_->qpos + 7 * k);
    // r_W counts from the body's own centre of mass, the group turns about its common one.
    const Vec3 arm = CentreOfMass(scene_, state_, body) + r_W - X_WG.p;
    const Vec3 spin_G = (X_WG.q.conjugate() * arm.cross(impulse_Ns)).cwiseQuotient(group.moments);
    for (int axis = 0; axis < 3; ++axis) {
      d_->qvel[6 * k + axis] += impulse_Ns[axis] / group.mass_kg;
      d_->qvel[6 * k + 3 + axis] += spin_G[axis];
    }
    rest_.Wake(k);
  }

  void DoSave(std::vector<std::byte>& out) const override {
    std::vector<mjtNum> numbers(static_cast<size_t>(mj_stateSize(m_, mjSTATE_INTEGRATION)));
    mj_getState(m_, d_, numbers.data(), mjSTATE_INTEGRATION);
    const std::vector<double> rest = rest_.Snapshot();
    numbers.insert(numbers.end(), rest.begin(), rest.end());
    const auto bytes = std::as_bytes(std::span(numbers));
    out.insert(out.end(), bytes.begin(), bytes.end());
  }

  void DoRestore(std::span<const std::byte> saved) override {
    std::vector<mjtNum> numbers(static_cast<size_t>(mj_stateSize(m_, mjSTATE_INTEGRATION)));
    const size_t own = numbers.size();
    numbers.resize(own + static_cast<size_t>(rest_.size()) * RestJudge::kNumbers);
    CHECK_EQ(saved.size(), numbers.size() * sizeof(mjtNum));
    std::memcpy(numbers.data(), saved.data(), saved.size());
    mj_setState(m_, d_, numbers.data(), mjSTATE_INTEGRATION);
    rest_.SetSnapshot(numbers.data() + own);
  }

  int GroupOf(int body) const { return mujoco_.group_of_body[static_cast<size_t>(body)]; }
  int BodyOf(int geom) const { return mujoco_.body_of_geom[static_cast<size_t>(geom)]; }

  // One engine step: mj_step's stages in mj_step's order, with our law in between. False: the run must stop.
  bool InnerStep() {
    CapSpins();
    FindContacts();
    WriteLaws();
    mj_makeConstraint(m_, d_);
    mj_island(m_, d_);
    mj_projectConstraint(m_, d_);
    mj_transmission(m_, d_);
    mj_fwdVelocity(m_, d_);
    ApplySmoothForces();
    mj_fwdActuation(m_, d_);
    mj_fwdAcceleration(m_, d_);
    SolveAndMove();
    return CheckEngine();
  }

  void FindContacts() {
    mj_fwdKinematics(m_, d_);
    mj_makeM(m_, d_);
    mj_factorM(m_, d_);
    mj_collision(m_, d_);
    for (const MujocoHull& hull : mujoco_.hulls) AddGroundContacts(hull);
  }

  // Up to four corners of a hull near the ground, far from one another.
  void AddGroundContacts(const MujocoHull& hull) {
    const Pose X_WG = ToPose(d_->qpos + 7 * hull.group);
    candidates_.clear();
    for (const Vec3& vertex_G : hull.vertices_G) {
      Vec3 p = X_WG * vertex_G;
      p.z() -= scene_.ground.height_m;
      if (p.z() < kSpeculativeMarginM) candidates_.push_back(p);
    }
    if (candidates_.empty()) return;
    for (const Vec3& p : SpreadPoints()) {
      mjContact contact{};
      contact.dist = p.z();
      contact.pos[0] = p.x(), contact.pos[1] = p.y(), contact.pos[2] = scene_.ground.height_m + p.z() / 2;
      contact.frame[2] = contact.frame[3] = contact.frame[7] = 1;  // rows z, x, y: right-handed
      contact.dim = 3;
      contact.geom1 = contact.geom[0] = mujoco_.ground_geom;
      contact.geom2 = contact.geom[1] = hull.geom;
      for (int side = 0; side < 2; ++side) contact.flex[side] = contact.elem[side] = contact.vert[side] = -1;
      contact.efc_address = -1;
      mj_addContact(m_, d_, &contact);
    }
  }

  // Of candidates_: the lowest, the one farthest from it, and those farthest to either side of the line between them;
  // far points count only where the hull lies about as low (a rocking hull stands on few points).
  std::vector<Vec3> SpreadPoints() {
    std::sort(candidates_.begin(), candidates_.end(), [](const Vec3& a, const Vec3& b) { return a.z() < b.z(); });
    const Vec3 lowest = candidates_.front();
    const auto score_farthest = [&](auto score) {
      return *std::max_element(candidates_.begin(), candidates_.end(),
                               [&](const Vec3& a, const Vec3& b) { return score(a) < score(b); });
    };
    const auto flat = [](const Vec3& p) { return Vec3(p.x(), p.y(), 0); };
    // A metre of height outweighs any distance: prefer points that touch.
    constexpr double kHeightWeight = 100;
    const auto height = [&](const Vec3& p) { return kHeightWeight * (p.z() - lowest.z()); };
    const Vec3 far = score_farthest([&](const Vec3& p) { return flat(p - lowest).norm() - height(p); });
    const Vec3 line = flat(far - lowest);
    std::vector<Vec3> points = {lowest};
    const auto add = [&](const Vec3& p) {
      if (std::none_of(points.begin(), points.end(), [&](const Vec3& q) { return (p - q).squaredNorm() < 1e-12; }))
        points.push_back(p);
    };
    add(far);
    if (line.norm() < 1e-9) return points;
    const Vec3 side = line.cross(Vec3::UnitZ()).normalized();
    add(score_farthest([&](const Vec3& p) { return side.dot(p - lowest) - height(p); }));
    add(score_farthest([&](const Vec3& p) { return -side.dot(p - lowest) - height(p); }));
    return points;
  }

  Vec3 VelocityAt(int geom, const Vec3& point) const {
    const int body = BodyOf(geom);
    const int k = body < 0 ? -1 : GroupOf(body);
    if (k < 0) return Vec3::Zero();
    const Pose X_WG = ToPose(d_->qpos + 7 * k);
    const Vec3 spin_W = X_WG.q * ToVec3(d_->qvel + 6 * k + 3);
    return ToVec3(d_->qvel + 6 * k) + spin_W.cross(point - X_WG.p);
  }

  const Surface& SurfaceOf(int body) const {
    if (body == kFixtureId) return fixture_surface_;
    return body < 0 ? scene_.ground.surface : scene_.bodies[static_cast<size_t>(body)].surface;
  }

  // Fills laws_ and the contacts' own parameters; contacts that cannot close within this step are left out.
  void WriteLaws() {
    laws_.clear();
    std::map<std::pair<int, int>, int> ordinals;
    for (int i = 0; i < d_->ncon; ++i) {
      mjContact& contact = d_->contact[i];
      const double approach = NormalVelocity(contact);
      contact.exclude = contact.dist > config_.contact_margin_m + std::max(0.0, -approach) * h_;
      const int ordinal = ordinals[{contact.geom[0], contact.geom[1]}]++;
      if (contact.exclude) continue;
      laws_.push_back(LawOf(i, approach));
      laws_.back().ordinal = ordinal;
    }
    std::stable_sort(laws_.begin(), laws_.end(), [](const ContactLaw& a, const ContactLaw& b) {
      return std::pair(a.body_a, a.body_b) < std::pair(b.body_a, b.body_b);
    });
    ThinOut();
    for (ContactLaw& law : laws_) WriteParameters(law);
  }

  // Leaves at most kMaxPairContacts of each pair: the deepest, then always the one least like those chosen.
  void ThinOut() {
    std::vector<ContactLaw> kept;
    for (auto first = laws_.begin(); first != laws_.end();) {
      auto last = std::find_if(first, laws_.end(), [&](const ContactLaw& law) {
        return law.body_a != first->body_a || law.body_b != first->body_b;
      });
      if (last - first > kMaxPairContacts) Choose({first, last});
      kept.insert(kept.end(), first, std::min(last, first + kMaxPairContacts));
      for (auto law = first + std::min<std::ptrdiff_t>(kMaxPairContacts, last - first); law != last; ++law)
        d_->contact[law->index].exclude = 1;
      first = last;
    }
    laws_ = std::move(kept);
  }

  // Moves the chosen contacts of one pair to the front.
  void Choose(std::span<ContactLaw> pair) {
    const auto contact_of = [&](const ContactLaw& law) -> const mjContact& { return d_->contact[law.index]; };
    const auto difference = [&](const ContactLaw& a, const ContactLaw& b) {
      return (ToVec3(contact_of(a).pos) - ToVec3(contact_of(b).pos)).norm() +
             kNormalSpreadM * (ToVec3(contact_of(a).frame) - ToVec3(contact_of(b).frame)).norm();
    };
    std::iter_swap(pair.begin(), std::min_element(pair.begin(), pair.end(), [&](const auto& a, const auto& b) {
                     return contact_of(a).dist < contact_of(b).dist;
                   }));
    for (size_t chosen = 1; chosen < kMaxPairContacts; ++chosen) {
      const auto likeness = [&](const ContactLaw& law) {
        double nearest = std::numeric_limits<double>::infinity();
        for (size_t k = 0; k < chosen; ++k) nearest = std::min(nearest, difference(law, pair[k]));
        return nearest;
      };
      const auto rest = pair.subspan(chosen);
      std::iter_swap(rest.begin(), std::max_element(rest.begin(), rest.end(), [&](const auto& a, const auto& b) {
                       return likeness(a) < likeness(b);
                     }));
    }
  }

  double NormalVelocity(const mjContact& contact) const {
    const Vec3 point = ToVec3(contact.pos);
    return ToVec3(contact.frame).dot(VelocityAt(contact.geom[1], point) - VelocityAt(contact.geom[0], point));
  }

  ContactLaw LawOf(int index, double approach) const {
    const mjContact& contact = d_->contact[index];
    const int first = BodyOf(contact.geom[0]), second = BodyOf(contact.geom[1]);
    ContactLaw law{.index = index, .body_a = std::max(first, second), .body_b = std::min(first, second)};
    law.a_is_second = second > first;
    const Surface &a = SurfaceOf(law.body_a), &b = SurfaceOf(law.body_b);
    law.friction = Combine(config_.friction_rule, a.friction, b.friction);
    law.touching = contact.dist <= config_.contact_margin_m;
    const bool closes = contact.dist + approach * h_ <= 0;
    if (closes && approach < -config_.restitution_threshold_m_s)
      law.target = -Combine(config_.restitution_rule, a.restitution, b.restitution) * approach;
    else
      law.target = -std::max(0.0, contact.dist) / h_;
    law.recovery = std::min(kMaxRecoveryM_S, kRecoveryShare * std::max(0.0, -contact.dist - kSlopM) / h_);
    return law;
  }

  void WriteParameters(ContactLaw& law) {
    mjContact& contact = d_->contact[law.index];
    if (IsPatch(law)) law.friction *= config_.patch_friction_factor;
    law.friction = std::max(law.friction, mjMINMU);
    std::fill_n(contact.friction, 5, law.friction);
    contact.includemargin = 0;
    // Constant impedance at MuJoCo's maximum; the reference is written after mj_fwdVelocity.
    contact.solimp[0] = contact.solimp[1] = mjMAXIMP;
    contact.solimp[2] = 0.001, contact.solimp[3] = 0.5, contact.solimp[4] = 2;
    contact.solref[0] = 0.02, contact.solref[1] = 1;
    contact.solreffriction[0] = contact.solreffriction[1] = 0;
  }

  // Two or more touching points of one pair of bodies with one normal.
  bool IsPatch(const ContactLaw& law) const {
    const Vec3 normal = ToVec3(d_->contact[law.index].frame);
    return law.touching && std::any_of(laws_.begin(), laws_.end(), [&](const ContactLaw& other) {
      return other.index != law.index && other.touching && other.body_a == law.body_a && other.body_b == law.body_b &&
             std::abs(normal.dot(ToVec3(d_->contact[other.index].frame))) > kPatchCosine;
    });
  }

  // Drag as PhysX applies it (v *= max(0, 1 - drag step) after the forces), and the gyroscopic torque integrated
  // implicitly, because the explicit torque gains energy at high spin (one Newton step, as in Catto, "Numerical
  // methods", GDC 2015).
  void ApplySmoothForces() {
    const Vec3 gravity(0, 0, -config_.gravity_m_s2);
    for (size_t k = 0; k < mujoco_.groups.size(); ++k) {
      const MujocoGroup& group = mujoco_.groups[k];
      const int dof = dofs_[k];
      const double slow = std::max(0.0, 1 - group.linear_damping * h_) - 1;
      const double turn = std::max(0.0, 1 - group.angular_damping * h_);
      const Vec3 force = group.mass_kg * slow / h_ * (ToVec3(d_->qvel + dof) + h_ * gravity);
      const Vec3 spin = ToVec3(d_->qvel + dof + 3);
      const Vec3 change = turn * SpinAfterGyration(group.moments, spin) - spin;
      const Vec3 torque = group.moments.cwiseProduct(change) / h_ + ToVec3(d_->qfrc_bias + dof + 3);
      std::copy_n(force.data(), 3, d_->qfrc_applied + dof);
      std::copy_n(torque.data(), 3, d_->qfrc_applied + dof + 3);
    }
  }

  Vec3 SpinAfterGyration(const Vec3& moments, const Vec3& spin) const {
    const auto cross = [](const Vec3& v) {
      Eigen::Matrix3d matrix;
      matrix << 0, -v.z(), v.y(), v.z(), 0, -v.x(), -v.y(), v.x(), 0;
      return matrix;
    };
    const Eigen::Matrix3d inertia = moments.asDiagonal();
    const Vec3 momentum = moments.cwiseProduct(spin);
    const Eigen::Matrix3d slope = inertia + h_ * (cross(spin) * inertia - cross(momentum));
    return spin - slope.inverse() * (h_ * spin.cross(momentum));
  }

  void CapSpins() {
    if (config_.max_spin_rad_s <= 0) return;
    for (const int dof : dofs_) {
      const double speed = ToVec3(d_->qvel + dof + 3).norm();
      if (speed <= config_.max_spin_rad_s) continue;
      for (int axis = 3; axis < 6; ++axis) d_->qvel[dof + axis] *= config_.max_spin_rad_s / speed;
    }
  }

  void SolveAndMove() {
    GuessSlips();
    const bool recovers =
        std::any_of(laws_.begin(), laws_.end(), [](const ContactLaw& law) { return law.recovery > 0; });
    const size_t size = static_cast<size_t>(m_->nv);
    moving_velocity_.resize(size);
    if (recovers) {
      Solve(Aim::kRecover);
      for (size_t i = 0; i < size; ++i) moving_velocity_[i] = d_->qvel[i] + h_ * d_->qacc[i];
    }
    Solve(Aim::kKeep);
    for (size_t i = 0; i < size; ++i) d_->qvel[i] += h_ * d_->qacc[i];
    mju_copy(d_->qacc_warmstart, d_->qacc, m_->nv);
    mj_integratePos(m_, d_->qpos, recovers ? moving_velocity_.data() : d_->qvel, h_);
    mj_normalizeQuat(m_, d_->qpos);
    RecordPoints();
  }

  // Sliding goes on much as before, so the slip before the step is a good first guess.
  void GuessSlips() {
    for (ContactLaw& law : laws_) {
      const mjtNum* v = d_->efc_vel + d_->contact[law.index].efc_address;
      law.slip = law.friction * std::hypot(v[1], v[2]);
    }
  }

  void Solve(Aim aim) {
    relative_.resize(static_cast<size_t>(std::max(1, d_->nefc)));
    const int passes = aim == Aim::kRecover ? kRecoveryPasses : kMaxSlipPasses;
    for (int pass = 0; pass < passes; ++pass) {
      WriteReferences(aim);
      mj_fwdConstraint(m_, d_);
      if (laws_.empty()) return;
      mju_copy(d_->qacc_warmstart, d_->qacc, m_->nv);
      mj_mulJacVec(m_, d_, relative_.data(), d_->qacc);
      if (UpdateSlips() < kSlipTolerance) return;
    }
  }

  void WriteReferences(Aim aim) {
    for (const ContactLaw& law : laws_) {
      const double target = law.target + (aim == Aim::kRecover ? law.recovery : 0.0);
      const int row = d_->contact[law.index].efc_address;
      const mjtNum* v = d_->efc_vel + row;
      mjtNum* reference = d_->efc_aref + row;
      reference[0] = (target - law.slip - v[0]) / h_;
      reference[1] = -v[1] / h_;
      reference[2] = -v[2] / h_;
    }
  }

  // Slip after the solve; returns the largest change.
  double UpdateSlips() {
    double change = 0;
    for (ContactLaw& law : laws_) {
      const int row = d_->contact[law.index].efc_address;
      const mjtNum *v = d_->efc_vel + row, *a = relative_.data() + row;
      const double slip = law.friction * std::hypot(v[1] + h_ * a[1], v[2] + h_ * a[2]);
      change = std::max(change, std::abs(slip - law.slip));
      law.slip = slip;
    }
    return change;
  }

  // Adds the impulses of this engine step to the points of this Step.
  void RecordPoints() {
    for (const ContactLaw& law : laws_) {
      const mjContact& contact = d_->contact[law.index];
      const double impulse = h_ * std::max(0.0, d_->efc_force[contact.efc_address]);
      if (!law.touching && impulse <= 0) continue;
      Contact& point = points_[{law.body_a, law.body_b, contact.geom[0], contact.geom[1], law.ordinal}];
      point.body_a = law.body_a, point.body_b = law.body_b;
      point.point_W = ToVec3(contact.pos);
      point.normal_W = (law.a_is_second ? 1.0 : -1.0) * ToVec3(contact.frame);
      point.impulse_Ns += impulse;
      point.distance_m = contact.dist;
    }
  }

  // Whether MuJoCo may take another step; what is wrong with the numbers World itself tells.
  bool CheckEngine() {
    for (int i = 0; i < mjNWARNING; ++i)
      if (d_->warning[i].number > 0) {
        SetStatus(WorldStatus::kEngineWarning,
                  std::string("MuJoCo: ") + mju_warningText(i, static_cast<size_t>(d_->warning[i].lastinfo)));
        return false;
      }
    return std::all_of(d_->qvel, d_->qvel + m_->nv, [](mjtNum v) { return std::abs(v) < kBadNumber; });
  }

  // MuJoCo bodies are not held still while they count as asleep; one that moves wakes up.
  void JudgeRest() {
    rest_.ClearTouches();
    for (const Contact& contact : contacts_) {
      const int a = GroupOf(contact.body_a), b = contact.body_b < 0 ? -1 : GroupOf(contact.body_b);
      if (a >= 0 && b >= 0) rest_.Touch(a, b);
    }
    neighbours_.Update([this](int body) { return state_.bodies[static_cast<size_t>(body)].X_WB; },
                       [this](int body) { return !state_.bodies[static_cast<size_t>(body)].asleep; });
    for (size_t k = 0; k < mujoco_.groups.size(); ++k) {
      int most = 0;  // of the bodies tied together
      for (const int body : mujoco_.groups[k].bodies) most = std::max(most, neighbours_.of(body));
      rest_.SetNeighbours(static_cast<int>(k), most);
    }
    for (int k = 0; k < rest_.size(); ++k)
      rest_.Moved(k, ToVec3(d_->qvel + 6 * k), ToVec3(d_->qvel + 6 * k + 3), config_.timestep_s);
    rest_.Settle();
  }

  void FillState() {
    for (size_t k = 0; k < mujoco_.groups.size(); ++k) {
      const MujocoGroup& group = mujoco_.groups[k];
      const Pose X_WG = ToPose(d_->qpos + 7 * k);
      const Vec3 velocity = ToVec3(d_->qvel + 6 * k), spin_W = X_WG.q * ToVec3(d_->qvel + 6 * k + 3);
      for (size_t member = 0; member < group.bodies.size(); ++member) {
        BodyState& body = state_.bodies[static_cast<size_t>(group.bodies[member])];
        const Quat previous = body.X_WB.q;
        body.X_WB = X_WG * group.X_GB[member];
        // Of the two quaternions of a rotation the one that continues the last state's.
        if (body.X_WB.q.dot(previous) < 0) body.X_WB.q.coeffs() = -body.X_WB.q.coeffs();
        body.angular_velocity_W = spin_W;
        body.asleep = rest_.asleep(static_cast<int>(k));
        body.velocity_W = velocity + spin_W.cross(CentreOfMass(scene_, state_, group.bodies[member]) - X_WG.p);
      }
    }
  }

  void FillContacts() {
    contacts_.clear();
    for (const auto& [key, point] : points_) contacts_.push_back(point);
  }

  const int inner_steps_;  // engine steps per Step
  const double h_;         // length of one, seconds
  MujocoScene mujoco_;
  mjModel* m_;
  MujocoData data_;
  mjData* d_;
  std::vector<int> dofs_;  // [groups] first dof
  RestJudge rest_;         // of groups
  NeighbourCount neighbours_;
  const Surface fixture_surface_;

  // Work space of one engine step or Step.
  std::vector<ContactLaw> laws_;
  std::map<PointKey, Contact> points_;
  std::vector<Vec3> candidates_;
  std::vector<mjtNum> moving_velocity_, relative_;
};

}  // namespace

std::unique_ptr<World> MakeMujocoWorld(const Scene& scene, const WorldConfig& config) {
  return std::make_unique<MujocoWorld>(scene, config);
}

}  // namespace figment::envs
