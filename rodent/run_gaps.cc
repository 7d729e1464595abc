// Run gaps: run along a corridor of platforms with gaps between. Reward: 1 at 1 m/s, less by the difference. The
// episode ends with discount 0 when a lower arm or foot is below -0.3 m.
//
// The platforms are a pool of boxes, as many as can ever be needed; what an episode does not need collides with nothing.
// Source: Merel et al. 2020; dm_control 1.0.50, locomotion/tasks/corridors.py and locomotion/arenas/corridors.py.
#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "rodent/corridor.h"
#include "rodent/outdoors.h"
#include "rodent/tasks.h"

namespace figment::rodent {
namespace {

constexpr CorridorConfig kCorridor;
constexpr double kPadding_m = 2;        // of the corridor at either end
constexpr double kSideHeight_m = 4;
constexpr double kThickness_m = 0.16;   // half of a platform's, and how deep its middle lies
constexpr double kSpeed_m_s = 1;
constexpr double kLowest_m = -0.3;
constexpr double kStart_m = 5;
constexpr int kSideGroup = 3;           // not drawn

struct Side {
  double position[3];
  double x_axis[3];  // the plane's other axis is up; it faces where x cross up points
  double half_length;
};

void AddSides(mjSpec& spec) {
  const double middle = kCorridor.length / 2, width = kCorridor.half_width, high = kSideHeight_m / 2;
  const Side sides[] = {{{middle, width, high}, {1, 0, 0}, middle + kPadding_m},
                        {{middle, -width, high}, {-1, 0, 0}, middle + kPadding_m},
                        {{-kPadding_m, 0, high}, {0, 1, 0}, width},
                        {{kCorridor.length + kPadding_m, 0, high}, {0, -1, 0}, width}};
  const char* const names[] = {"side_left", "side_right", "side_near", "side_far"};
  for (int i = 0; i < 4; ++i) {
    const auto& [position, x_axis, half_length] = sides[i];
    mjsGeom& plane = AddPlane(spec, names[i], position, {half_length, high, 1});
    plane.alt.type = mjORIENTATION_XYAXES;
    std::copy_n(x_axis, 3, plane.alt.xyaxes);
    const double up[3] = {0, 0, 1};
    std::copy_n(up, 3, plane.alt.xyaxes + 3);
    plane.group = kSideGroup;
    std::fill_n(plane.rgba, 4, 0.0F);
  }
}

std::string BoxName(int i) { return i == 0 ? "start_floor" : "floor_" + std::to_string(i - 1); }

class RunGaps : public Task {
 public:
  void AddArena(mjSpec& spec, const Looks& looks) const override {
    const std::string grass = AddOutdoors(spec, looks);
    if (looks.drawn) {
      spec.visual.map.znear = 0.00025F, spec.visual.map.zfar = 4;
      spec.stat.extent = 44.4;  // clip distances are in this unit; the reference's is that of its corridor
    }
    const double middle = kCorridor.length / 2;
    mjsGeom& ground =
        AddPlane(spec, "corridor_ground", {middle, 0, -10}, {middle + kPadding_m, kCorridor.half_width, 1});
    std::fill_n(ground.rgba, 4, 0.0F);
    mjsBody* const world = mjs_findBody(&spec, "world");
    mjs_setName(mjs_addBody(world, nullptr)->element, "walls");  // empty, as in the reference
    AddSides(spec);
    mjsBody* const platforms = mjs_addBody(world, nullptr);
    mjs_setName(platforms->element, "ground");
    for (int i = 0; i < MostPlatforms(kCorridor); ++i) {
      mjsGeom& box = *mjs_addGeom(platforms, nullptr);
      mjs_setName(box.element, BoxName(i).c_str());
      box.type = mjGEOM_BOX;
      const double size[3] = {1, kCorridor.half_width, kThickness_m};
      std::copy_n(size, 3, box.size);
      box.pos[2] = -kThickness_m;
      mjs_setString(box.material, grass.c_str());
    }
  }

  void Bind(const Physics& physics) override {
    for (int i = 0; i < MostPlatforms(kCorridor); ++i) {
      const int geom = mj_name2id(physics.model, mjOBJ_GEOM, BoxName(i).c_str());
      if (geom >= 0) boxes_.push_back(geom);
    }
  }

  void Lay(Physics& physics, base::Rng rng) override {
    LayPlatforms(physics, DrawPlatforms(kCorridor, rng));
  }

  void Spawn(Physics& physics, base::Rng) override { physics.data->qpos[0] = kStart_m; }

  Outcome AfterStep(Physics& physics) override {
    RefreshSensors(physics);  // the reference's are current in this task
    const mjData& data = *physics.data;
    const double speed = data.subtree_linvel[3 * physics.parts.torso];
    const bool fell = std::any_of(physics.parts.end_effectors.begin(), physics.parts.end_effectors.end(),
                                  [&](int body) { return data.xpos[3 * body + 2] < kLowest_m; });
    const double missing = std::abs(speed - kSpeed_m_s) / kSpeed_m_s;
    return {.reward = missing < 1 ? 1 - missing : 0, .terminated = fell, .discount = fell ? 0.0 : 1.0};
  }

 private:
  void LayPlatforms(Physics& physics, const std::vector<Platform>& platforms) const {
    CHECK_GE(boxes_.size(), platforms.size());
    mjModel& model = *physics.layout;
    for (size_t i = 0; i < boxes_.size(); ++i) {
      const bool used = i < platforms.size();
      const Platform& platform = used ? platforms[i] : platforms.back();  // unused boxes hide in the last platform
      const int box = boxes_[i];
      model.geom_pos[3 * box] = platform.x;
      model.geom_size[3 * box] = platform.half_length;
      model.geom_sameframe[box] = mjSAMEFRAME_NONE;
      model.geom_contype[box] = model.geom_conaffinity[box] = used ? 1 : 0;
      model.geom_rgba[4 * box + 3] = used ? 1 : 0;
    }
    mj_setConst(&model, physics.data);  // bounding volumes, without which contacts would be missed
  }

  std::vector<int> boxes_;
};

}  // namespace

std::unique_ptr<Task> MakeRunGaps(const TaskOptions&) { return std::make_unique<RunGaps>(); }

}  // namespace figment::rodent
