// Two touch: tap an orb with a hand, wait 0.7 to 0.9 s, tap it again (rodent/touch_logic.h). Beside the taps, each step
// rewards a hand that is near: 0.25 exp(-3 |dx| - 3 |dy| - 3 |dz|). A new orb appears after each round.
//
// The reference moves the orb by its geom's place in the model alone, where collisions first look for it in the place
// it had when the model was compiled, that of the last orb of the episode before. They mostly miss contacts with bodies
// of several geoms, as fingers are. With fixed quirks all contacts are found.
// Source: Merel et al. 2020; dm_control 1.0.50, locomotion/tasks/reach.py.
#include <mujoco/mujoco.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "base/error.h"
#include "rodent/outdoors.h"
#include "rodent/spheres.h"
#include "rodent/tasks.h"
#include "rodent/touch_logic.h"

namespace figment::rodent {
namespace {

constexpr double kRadius_m = 0.025, kHeight_m = 0.14;
constexpr double kReach_m = 1.5;  // of the orb, in x and y
constexpr std::array<double, 3> kCompiledPlace = {1, 1, kHeight_m};
const char* const kMaterials[] = {"target_sphere_init", "target_sphere_inter", "target_sphere_final"};

using Place = std::array<double, 3>;

Place DrawPlace(base::Rng& rng) {
  const double x = kReach_m * rng.Uniform(-1, 1);
  return {x, kReach_m * rng.Uniform(-1, 1), kHeight_m};
}

double Distance1(const double* a, const double* b) {
  return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]);
}

class TwoTouch : public Task {
 public:
  explicit TwoTouch(const TaskOptions& options) : options_(options) {}

  void AddArena(mjSpec& spec, const Looks& looks) const override { AddFloor(spec, looks); }

  void AddTargets(mjSpec& spec, const Looks& looks) const override {
    const std::string material = AddCheckers(spec, looks, kMaterials[0], {0, 0.4, 0}, {0, 0.7, 0});
    AddCheckers(spec, looks, kMaterials[1], {1, 1, 0.4}, {0.7, 0.7, 0});
    AddCheckers(spec, looks, kMaterials[2], {0.4, 0.7, 1}, {0, 0.4, 0.7});
    Sphere sphere = {.radius_m = kRadius_m, .material = material};
    std::copy(kCompiledPlace.begin(), kCompiledPlace.end(), sphere.geom);
    AddSphere(spec, sphere);
  }

  void Bind(const Physics& physics) override {
    const mjModel& model = *physics.model;
    const std::vector<int> spheres = FindSpheres(model);
    if (spheres.empty()) throw base::Error("this arena holds no sphere: two_touch needs one to touch");
    orb_ = spheres[0];
    is_hand_.assign(static_cast<size_t>(model.ngeom), false);
    for (int geom = 0; geom < model.ngeom; ++geom)
      for (int body = model.geom_bodyid[geom]; body != 0; body = model.body_parentid[body])
        if (body == physics.parts.hand_L || body == physics.parts.hand_R) is_hand_[static_cast<size_t>(geom)] = true;
  }

  void Lay(Physics& physics, base::Rng rng) override {
    last_of_before_ = DrawPlace(rng);
    PlaceOrb(physics, DrawPlace(rng));
  }

  void Spawn(Physics& physics, base::Rng rng) override { Stand(physics, 0, 0, rng.Uniform(0, 2 * std::numbers::pi)); }

  void Begin(Physics&, base::Rng rng) override {
    rng_ = rng;
    logic_ = {};
    observed_ = TouchState::kUntouched;
    changed_ = false;
  }

  void BeforeStep(Physics& physics) override {
    changed_ = false;
    if (!logic_.move_orb) return;
    logic_ = {};
    PlaceOrb(physics, DrawPlace(rng_));
    changed_ = true;
  }

  void AfterSubstep(Physics& physics) override {
    const mjData& data = *physics.data;
    for (int i = 0; i < data.ncon; ++i) {
      const int a = data.contact[i].geom[0], b = data.contact[i].geom[1];
      if ((a != orb_ && b != orb_) || !is_hand_[static_cast<size_t>(a == orb_ ? b : a)]) continue;
      if (Touch(logic_, data.time)) changed_ = true;
      return;
    }
  }

  Outcome AfterStep(Physics& physics) override {
    // To move or colour the orb makes the reference compute the state anew before it observes: no stale sensors then.
    if (changed_) RefreshSensors(physics);
    observed_ = logic_.state;  // before this step is judged
    const mjData& data = *physics.data;
    const double* const orb = data.geom_xpos + 3 * orb_;
    const double left = std::exp(-3 * Distance1(data.xpos + 3 * physics.parts.hand_L, orb));
    const double right = std::exp(-3 * Distance1(data.xpos + 3 * physics.parts.hand_R, orb));
    const double near = 0.01 * std::max(left, right) * TouchRules{}.bonus;
    return {.reward = near + Judge(logic_, data.time)};
  }

  std::vector<envs::ArraySpec> Observations() const override {
    return {{.name = "task_logic",
             .type = envs::DType::kInt64,
             .shape = {1},
             .low = 0,
             .high = 4,
             .what = "0 untouched, 1 touched once, 2 twice in time, 3 too soon, 4 no second touch; before this step"}};
  }

  void WriteObservation(const Physics&, double* out) const override { *out = static_cast<double>(observed_); }

  void PlaceTargets(Physics& physics, std::span<const double> places) override {
    CHECK_GE(places.size(), 3u);
    last_of_before_ = kCompiledPlace;  // as in the first episode of a process, which recordings are
    PlaceOrb(physics, {places[0], places[1], places[2]});
  }

  void Paint(mjModel& drawn) const override {
    const int material = mj_name2id(&drawn, mjOBJ_MATERIAL, kMaterials[logic_.contacts]);
    if (material >= 0) drawn.geom_matid[orb_] = material;
  }

  void Save(std::vector<std::byte>* bytes) const override {
    envs::AppendBytes(Saved{logic_, rng_.Save(), place_, observed_, changed_}, bytes);
  }

  void Restore(Physics& physics, std::span<const std::byte> bytes) override {
    Saved saved;
    envs::RestoreBytes(bytes, &saved);
    logic_ = saved.logic;
    rng_.Restore(saved.rng);
    observed_ = saved.observed;
    changed_ = saved.changed;
    PlaceOrb(physics, saved.place);
    mj_kinematics(physics.model, physics.data);
  }

 private:
  struct Saved {
    TouchLogic logic;
    base::Rng::State rng;
    Place place;
    TouchState observed;
    int32_t changed;
  };

  // The body's own frame is where collisions look first; to leave it behind is the reference's quirk.
  void PlaceOrb(Physics& physics, const Place& place) {
    CHECK(physics.layout != nullptr);
    CHECK_GE(orb_, 0);
    place_ = place;
    mjModel& model = *physics.layout;
    std::copy(place.begin(), place.end(), model.geom_pos + 3 * orb_);
    model.geom_sameframe[orb_] = mjSAMEFRAME_NONE;
    const Place& looked_for = options_.quirks == Quirks::kReference ? last_of_before_ : place;
    std::copy(looked_for.begin(), looked_for.end(), model.body_ipos + 3 * model.geom_bodyid[orb_]);
    model.body_sameframe[model.geom_bodyid[orb_]] = mjSAMEFRAME_NONE;
  }

  TaskOptions options_;
  int orb_ = -1;
  std::vector<bool> is_hand_;  // of each geom
  base::Rng rng_{0};
  TouchLogic logic_;
  Place place_{}, last_of_before_{};
  TouchState observed_ = TouchState::kUntouched;
  int32_t changed_ = 0;
};

}  // namespace

std::unique_ptr<Task> MakeTwoTouch(const TaskOptions& options) { return std::make_unique<TwoTouch>(options); }

}  // namespace figment::rodent
