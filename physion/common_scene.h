// What the eight scenarios share: zone, target, probe and its push, ramp, camera, clutter, colours and materials.
//
// A scenario's builder starts a SceneDraft, places its objects in the reference's order (ids count up as they are
// made; the zone is always first) and finishes it. Everything is in the reference's frame: metres, degrees, y up,
// left-handed. Each part draws from a stream of its own (draft.rng.Split("camera"), ...), so that a change in one part
// leaves the others as they were. Rules and numbers: the released controllers, dominoes.py above all (class Dominoes).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "physion/scenario.h"
#include "physion/trial_spec.h"

namespace figment::physion {

using Rgb = base::Vec3;  // 0..1

struct SceneDraft {
  const Arguments& arguments;
  Mode mode;
  const Models& models;                             // the user's own
  base::Rng rng;                                    // only ever split
  TrialSpec spec;
  int last_id = 0;
  base::Vec3 zone_scale = base::Vec3::Zero();
  base::Vec3 middle_scale = base::Vec3::Zero();     // of what stands in the middle: clutter keeps clear of its depth
  Rgb target_color = Rgb::Zero();

  int NextId() { return ++last_id; }
};

// What a scenario records of itself.
struct SceneFacts {
  std::string scenario;
  std::string controller;                           // class name in the reference
  int frame_cap = 300;                              // the trial ends when frame > cap
};

SceneDraft StartScene(const BuildRequest& request, const base::Rng& rng, const SceneFacts& facts);

// Paints the cue colours of test and readout mode and hands the specification out.
TrialSpec FinishScene(SceneDraft draft);

// Red target, yellow zone; other objects that are too near to red in any channel get a colour that is not.
void PaintCues(TrialSpec& spec, base::Rng rng);

// --- Drawing values

// A colour whose every channel differs from that of `other` by at least `margin`.
Rgb ColorAwayFrom(const Rgb& other, double margin, base::Rng& rng);
Rgb AnyColor(base::Rng& rng);

// The colour an argument (tcolor, zcolor, pcolor, mcolor, rcolor) asks for in the draft's mode; nullopt = random.
std::optional<Rgb> ColorFor(const SceneDraft& draft, const std::string& argument);

// One colour for all middle objects when monochrome, else mcolor, else nullopt = each its own.
std::optional<Rgb> MiddleColor(const SceneDraft& draft);

// A visual material: the argument's name, or one of its family ("Wood"), or with None one of material_types.
std::string MaterialFor(const SceneDraft& draft, const std::string& argument, base::Rng& rng);

// (x, y, z) of `axes`; for angles about y alone, the draw of the y axis.
double DrawYaw(const AxisRanges& axes, base::Rng& rng);

// Size of a primitive at scale 1: width, height, depth.
base::Vec3 PrimitiveSize(const std::string& name);

// The same of a primitive, a prop or a model of the user's.
base::Vec3 SizeOf(const SceneDraft& draft, const std::string& name);

// The thirteen primitives that scenes are made of.
const std::vector<std::string>& ScenePrimitives();

// v turned by `degrees` in the floor plane, from x towards z.
base::Vec3 TurnedInFloor(const base::Vec3& v, double degrees);

// Mass of a .5 m cube of the drawn mass per volume: mass * (product of scales) / .125.
double MassByVolume(double mass, const base::Vec3& scale);

// --- Objects

// A shape, a scale, a colour and an id: what the reference draws together.
struct Drawn {
  int id = 0;
  std::string model;
  base::Vec3 scale = base::Vec3::Ones();
  Rgb color = Rgb::Zero();
};

struct DrawRules {
  std::vector<std::string> models;
  AxisRanges scale;
  std::optional<Rgb> color;                         // nullopt = random
  std::optional<Rgb> away_from;                     // of a random one
  double margin = 0.25;                             // in every channel
};

// Shapes an argument allows; None = every primitive. Throws base::Error if one is no primitive, no model of the user's
// with parts, and none of `also`.
std::vector<std::string> ModelsOf(const SceneDraft& draft, const std::string& argument,
                                  const std::vector<std::string>& also = {});

Drawn Draw(SceneDraft& draft, const DrawRules& rules, base::Rng& rng);

// The object of a draw, with the common surface (friction .5, no bounce); the caller sets the rest and adds it.
ObjectSpec ObjectOf(const Drawn& drawn, const std::string& role);
void Add(SceneDraft& draft, const ObjectSpec& object);

// Where a scenario wants its zone, given the zone's scale; --zlocation overrides it.
using ZonePlace = std::function<base::Vec3(const base::Vec3& scale, base::Rng& rng)>;
void PlaceZone(SceneDraft& draft, const ZonePlace& place);

// The target at x = axis / 2, mass 2, friction .5.
void PlaceTarget(SceneDraft& draft);

// In towers, stacks and drape the reference draws a target and removes it before the first step: it leaves behind an
// id, a colour for the later target, and its scale, which sets how far clutter keeps away.
void TakeTargetPlaceholder(SceneDraft& draft);

enum class ProbeTurn { kYaw, kAllAxes };             // which angles --prot sets
enum class PushTurn { kWithYaw, kFixed };            // whether the push turns with the pushed object

struct ProbeRules {
  double friction = 0.01, bounciness = 0;
  double lift_m = 0;
  ProbeTurn turn = ProbeTurn::kYaw;
  PushTurn push = PushTurn::kWithYaw;
};

// Friction .01 (.1 and bounce .6 with --pfriction), turned about y, pushed along its own x axis.
ProbeRules DominoProbe(const SceneDraft& draft);

// The probe at x = -axis / 2, with a ramp under it if asked for, and its push.
void PlaceProbe(SceneDraft& draft, const ProbeRules& rules);

// A ramp centred below `foot`, falling towards +x. Returns where an object on its top stands: .15 m from the back end.
base::Vec3 PlaceRamp(SceneDraft& draft, const base::Vec3& foot, const std::optional<AxisRanges>& scale);

// The impulse mass * s * (cos t, u, sin t) on `object`, at foffset * scale + jitter from its origin, or with a ramp at
// its centre of mass. u comes from fupforce where the controller has it.
void PlacePush(SceneDraft& draft, const ObjectSpec& object, PushTurn turn);

// --- Camera and clutter

struct CameraRules {
  double look_at_height_m = 0.5;
  double height_unit_m = 1;                         // camera_min_height and camera_max_height count in this
};

void PlaceCamera(SceneDraft& draft, const CameraRules& rules);

struct ClutterRules {
  double keep_clear_z_m = 0;                        // no clutter within this of the plane z = 0
  double ray_height_m = 0.5;                        // where the line of sight ends that limits occluders
  double distractor_spacing_deg = 15, occluder_spacing_deg = 10;
  Range distractor_size_m = {0.5, 1.5}, occluder_size_m = {0.25, 1.5};  // of the largest side
};

// The base class's rules: clear of the middle objects' depth and .25 m more.
ClutterRules CommonClutter(const SceneDraft& draft);

// num_distractors objects behind the action, then num_occluders before it. Call after PlaceCamera.
void PlaceClutter(SceneDraft& draft, const ClutterRules& rules);

}  // namespace figment::physion
