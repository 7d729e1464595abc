// Escape bowl: climb out of a bowl of bumpy ground. Reward: distance of the head from the centre over 6 m, times how
// upright torso and pelvis are.
// Source: Merel et al. 2020; dm_control 1.0.50, locomotion/tasks/escape.py and locomotion/arenas/bowl.py.
#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "rodent/outdoors.h"
#include "rodent/tasks.h"
#include "rodent/terrain.h"

namespace figment::rodent {
namespace {

constexpr double kUpright_rad = 30 * (std::numbers::pi / 180);  // tilt without loss
constexpr double kRaise_m = 0.01;                               // a step up in the search for a free height
constexpr int kMostRaises = 1000;

// 1 within 30 degrees of upright, 0 upside down.
double Uprightness(double zz) {
  const double bound = std::cos(kUpright_rad);
  if (zz >= bound) return 1;
  const double loss = (bound - zz) / (1 + bound);
  return loss < 1 ? 1 - loss : 0;
}

double DistanceShare(double distance) {
  if (distance >= kTerrainReach) return 1;
  const double missing = (kTerrainReach - distance) / kTerrainReach;
  return missing < 1 ? 1 - missing : 0;
}

class EscapeBowl : public Task {
 public:
  explicit EscapeBowl(const TaskOptions& options) : options_(options) {}

  void AddArena(mjSpec& spec, const Looks& looks) const override {
    const std::string grass = AddOutdoors(spec, looks);
    if (looks.drawn) spec.visual.map.znear = 0.00025F, spec.visual.map.zfar = 50;
    AddTerrainField(spec, kTerrainSide, kTerrainSide);
    mjsGeom& terrain = *mjs_addGeom(mjs_findBody(&spec, "world"), nullptr);
    mjs_setName(terrain.element, "terrain");
    terrain.type = mjGEOM_HFIELD;
    terrain.pos[2] = -0.01;
    mjs_setString(terrain.hfieldname, "terrain");
    mjs_setString(terrain.material, grass.c_str());
    mjs_setString(AddPlane(spec, "groundplane", {0, 0, 0}, {20, 20, 0.5}).material, grass.c_str());
  }

  void Lay(Physics& physics, base::Rng rng) override {
    CHECK_EQ(physics.layout->nhfielddata, kTerrainSide * kTerrainSide);
    const std::vector<float> heights = BowlHeights(DrawBumps(rng));
    std::copy(heights.begin(), heights.end(), physics.layout->hfield_data);
  }

  // A random orientation, and up until nothing touches. The reference searches before it writes the terrain, above the
  // plane alone, and so often starts inside the bumps.
  void Spawn(Physics& physics, base::Rng rng) override {
    float* const field = physics.layout->hfield_data;
    const std::vector<float> heights(field, field + physics.layout->nhfielddata);
    if (options_.quirks == Quirks::kReference) std::fill_n(field, heights.size(), 0.0F);
    double* const pose = physics.data->qpos;
    for (int i = 3; i < 7; ++i) pose[i] = rng.Normal();
    mju_normalize4(pose + 3);
    for (int raises = 0; raises < kMostRaises; ++raises) {
      pose[2] = raises * kRaise_m;
      if (CountContacts(physics) == 0) break;
    }
    std::copy(heights.begin(), heights.end(), field);
  }

  Outcome AfterStep(Physics& physics) override {
    const mjData& data = *physics.data;
    const double torso = Uprightness(data.xmat[9 * physics.parts.torso + 8]);
    const double pelvis = Uprightness(data.xmat[9 * physics.parts.pelvis + 8]);
    const double distance = mju_norm3(data.site_xpos + 3 * physics.parts.head_site);
    return {.reward = std::min(torso, pelvis) * DistanceShare(distance)};
  }

  std::vector<envs::ArraySpec> Observations() const override {
    return {{.name = "origin", .shape = {3}, .unit = "m", .what = "the middle of the bowl from the torso, in its axes"}};
  }

  void WriteObservation(const Physics& physics, double* out) const override {
    const double middle[3] = {0, 0, 0};
    WriteFromTorso(physics, middle, out);
  }

 private:
  TaskOptions options_;
};

}  // namespace

std::unique_ptr<Task> MakeEscapeBowl(const TaskOptions& options) { return std::make_unique<EscapeBowl>(options); }

}  // namespace figment::rodent
