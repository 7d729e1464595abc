// The reference's arguments: names, kinds, defaults, and what each means. Source: the argument parsers of the released
// controllers (cogtoolslab/physics-benchmarking-neurips2021, stimuli/generation/controllers) and of tdw_physics.
#include "physion/argument_table.h"

namespace figment::physion {
namespace {

using Kind = ArgumentKind;

const std::vector<std::string> kTowers = {"support", "contain", "link"};  // controllers built on the tower
const std::vector<std::string> kStacks = {"contain", "link"};

// Categories of clutter in the released configurations of collide, drop and roll.
const char kReleasedCategories[] =
    "coffee table,houseplant,vase,chair,dog,sofa,flowerpot,coffee maker,stool,laptop,laptop computer,globe,bookshelf,"
    "desktop computer,garden plant,garden plant,garden plant";

std::vector<ArgumentInfo> CommonArguments() {
  return {
      {"dir", Kind::kText, "", {}, "output folder of the reference; has no effect here (see --out)"},
      {"num", Kind::kInteger, "3", {}, "number of trials of the configuration"},
      {"num_multiplier", Kind::kNumber, "1.0", {}, "factor on num in train and readout mode"},
      {"temp", Kind::kText, "NONE", {}, "no effect"},
      {"width", Kind::kInteger, "256", {}, "image width in pixels; generation takes --size"},
      {"height", Kind::kInteger, "256", {}, "image height in pixels; generation takes --size"},
      {"framerate", Kind::kInteger, "30", {}, "frames per second of the movies; generation takes --fps"},
      {"gpu", Kind::kText, "0", {}, "no effect (see --device)"},
      {"port", Kind::kText, "None", {}, "no effect"},
      {"display", Kind::kText, "0", {}, "no effect"},
      {"seed", Kind::kInteger, "-1", {}, "seed of the configuration: trial seed = 1000 * seed + index"},
      {"random", Kind::kInteger, "1", {}, "recorded; trials are always reproducible here"},
      {"run", Kind::kInteger, "1", {}, "no effect"},
      {"num_views", Kind::kInteger, "1", {}, "recorded; one view is drawn"},
      {"viewpoint", Kind::kInteger, "0", {}, "recorded"},
      {"monochrome", Kind::kSwitch, "0", {}, "one colour for all middle objects"},
      {"room", Kind::kText, "box", {}, "box or tdw"},
      {"write_passes", Kind::kText, "_img,_depth,_normals,_flow,_id", {}, "recorded; generation takes --passes"},
      {"save_passes", Kind::kText, "", {}, "recorded; generation takes --movies"},
      {"save_movies", Kind::kFlag, "", {}, "recorded; generation takes --movies"},
      {"save_labels", Kind::kFlag, "", {}, "recorded; labels are always written"},
      {"save_meshes", Kind::kFlag, "", {}, "recorded; generation takes --save-meshes"},
  };
}

std::vector<ArgumentInfo> ActorArguments() {
  return {
      {"num_middle_objects", Kind::kInteger, "3", {}, "how many objects stand between probe and target"},
      {"zone", Kind::kNames, "cube", {}, "shapes to choose the zone from"},
      {"target", Kind::kNames, "cube", {}, "shapes to choose the target from"},
      {"probe", Kind::kNames, "cube", {}, "shapes to choose the probe from"},
      {"middle", Kind::kNames, "None", {}, "shapes of the middle objects; None = those of the target"},
      {"ramp", Kind::kSwitch, "0", {}, "whether a ramp stands under the pushed object"},
      {"rscale", Kind::kAxes, "None", {}, "scale of the ramp; None = 3/4 of the axis long, 1.5 m high"},
      {"rfriction", Kind::kFlag, "", {}, "ramp with friction .1 (else .01)"},
      {"rcolor", Kind::kColor, "0.75,0.75,1.0", {}, "colour of the ramp"},
      {"rmaterial", Kind::kText, "None", {}, "material of the ramp; None = that of the zone"},
      {"zscale", Kind::kAxes, "0.5,0.01,2.0", {}, "scale of the zone"},
      {"zlocation", Kind::kAxes, "None", {}, "place of the zone; None = the scenario's"},
      {"zfriction", Kind::kNumber, "0.1", {}, "dynamic friction of the zone; static is ten times that"},
      {"zcolor", Kind::kColor, "1.0,1.0,0.0", {}, "colour of the zone"},
      {"zmaterial", Kind::kText, "wood_european_ash", {}, "material of the zone"},
      {"tscale", Kind::kAxes, "0.1,0.5,0.25", {}, "scale of the target"},
      {"trot", Kind::kAxes, "[0,0]", {}, "rotation of the target, degrees"},
      {"tcolor", Kind::kColor, "1.0,0.0,0.0", {}, "colour of the target"},
      {"tmaterial", Kind::kText, "parquet_wood_red_cedar", {}, "material of the target"},
      {"pscale", Kind::kAxes, "0.1,0.5,0.25", {}, "scale of the probe"},
      {"prot", Kind::kAxes, "[0,0]", {}, "rotation of the probe, degrees (yaw, or all axes in collide)"},
      {"pmass", Kind::kRange, "2.0", {}, "mass of the probe (roll: of the target)"},
      {"pcolor", Kind::kColor, "0.0,1.0,1.0", {}, "colour of the probe"},
      {"pmaterial", Kind::kText, "parquet_wood_red_cedar", {}, "material of the probe"},
      {"pfriction", Kind::kFlag, "", {}, "probe with friction .1 and bounce .6 (else .01 and 0)"},
      {"phorizontal", Kind::kSwitch, "0", {}, "lay the probe down"},
      {"mscale", Kind::kAxes, "0.1,0.5,0.25", {}, "scale of the middle objects"},
      {"mrot", Kind::kRange, "[-30,30]", {}, "yaw of the middle objects, degrees"},
      {"mmass", Kind::kRange, "2.0", {}, "mass of the middle objects (tower: of a .5 m cube)"},
      {"mcolor", Kind::kColor, "None", {}, "colour of the middle objects"},
      {"mmaterial", Kind::kText, "parquet_wood_red_cedar", {}, "material of the middle objects"},
      {"horizontal", Kind::kSwitch, "0", {}, "lay the middle objects down"},
      {"remove_middle", Kind::kFlag, "", {}, "leave one of the middle dominoes out"},
      {"remove_target", Kind::kSwitch, "0", {}, "1 where another object becomes the target"},
      {"remove_zone", Kind::kSwitch, "0", {}, "must be 0: the question needs a zone"},
      {"fscale", Kind::kRange, "2.0", {}, "speed the push gives, m/s (impulse over mass)"},
      {"frot", Kind::kRange, "[0,0]", {}, "direction of the push in the floor plane, degrees from +x"},
      {"foffset", Kind::kAxes, "0.0,0.8,0.0", {}, "point of the push, in scales of the probe from its bottom centre"},
      {"fjitter", Kind::kNumber, "0.0", {}, "uniform jitter of that point on each axis, metres"},
      {"fwait", Kind::kRange, "[0,0]", {}, "frame of the push (whole part of the draw)"},
      {"collision_axis_length", Kind::kNumber, "2.0", {}, "distance from probe to target, metres"},
      {"spacing_jitter", Kind::kNumber, "0.2", {}, "jitter of the spacing, as a fraction of it"},
      {"lateral_jitter", Kind::kNumber, "0.2", {}, "sideways jitter, as a fraction of the width"},
      {"match_probe_and_target_color", Kind::kFlag, "", {}, "with monochrome: probe in the target's colour"},
      {"material_types", Kind::kText, "Wood,Metal,Plastic", {}, "families for materials that are None"},
  };
}

std::vector<ArgumentInfo> ViewArguments() {
  return {
      {"camera_distance", Kind::kRange, "1.75", {}, "camera r; the true horizontal distance is sqrt(2) r"},
      {"camera_min_height", Kind::kNumber, "0.75", {}, "lowest camera (drop: in drop heights)"},
      {"camera_max_height", Kind::kNumber, "2.0", {}, "highest camera (drop: in drop heights)"},
      {"camera_min_angle", Kind::kNumber, "45", {}, "smallest camera angle; the true azimuth is 45 degrees more"},
      {"camera_max_angle", Kind::kNumber, "225", {}, "largest camera angle"},
      {"camera_left_right_reflections", Kind::kFlag, "", {}, "see half of the trials from behind (+180 degrees)"},
      {"distractor", Kind::kText, "core", {}, "core or full (all props), flex or primitives, or parts of names"},
      {"distractor_categories", Kind::kText, "None", {}, "categories of distractors, comma list"},
      {"distractor_aspect_ratio", Kind::kRange, "None", {}, "range of height over width that is allowed"},
      {"num_distractors", Kind::kInteger, "0", {}, "objects behind the action"},
      {"occluder", Kind::kText, "core", {}, "as distractor"},
      {"occluder_categories", Kind::kText, "None", {}, "categories of occluders"},
      {"occluder_aspect_ratio", Kind::kRange, "None", {}, "range of height over width that is allowed"},
      {"num_occluders", Kind::kInteger, "0", {}, "objects before the action"},
      {"occlusion_scale", Kind::kNumber, "0.75", {}, "height of occluders over that of the line of sight"},
      {"no_moving_distractors", Kind::kFlag, "", {}, "distractors and occluders stand fast"},
      {"model_libraries", Kind::kText, "None", {}, "no effect: there is one built-in pool"},
      {"only_use_flex_objects", Kind::kFlag, "", {}, "recorded"},
      {"training_data_mode", Kind::kFlag, "", {}, "recorded; generation takes --mode"},
      {"readout_data_mode", Kind::kFlag, "", {}, "recorded; generation takes --mode"},
      {"testing_data_mode", Kind::kFlag, "", {}, "recorded; generation takes --mode"},
  };
}

std::vector<ArgumentInfo> PushArguments() {
  return {
      {"zjitter", Kind::kNumber, "0.35", {"collide", "roll"}, "sideways jitter of the zone, metres"},
      {"plift", Kind::kNumber, "0.0", {"collide"}, "height of the probe above the floor"},
      {"fupforce", Kind::kRange, "[0,0]", {"collide", "roll"}, "upward part of the push, in parts of the level one"},
      {"tlift", Kind::kNumber, "0.0", {"roll"}, "height of the target above floor or ramp"},
      {"rolling_sliding_axis_length", Kind::kNumber, "1.15", {"roll"}, "distance from start to zone scale, metres"},
      {"ramp_scale", Kind::kAxes, "[0.2,0.25,0.5]", {"roll"}, "scale of the ramp"},
      {"use_ledge", Kind::kSwitch, "0", {"roll"}, "whether a rod lies across the path"},
      {"ledge", Kind::kNames, "sphere", {"roll"}, "shapes of the rod"},
      {"ledge_position", Kind::kNumber, "0.5", {"roll"}, "place of the rod: x = -position/2 * axis"},
      {"ledge_scale", Kind::kAxes, "[0.05,0.05,100.0]", {"roll"}, "scale of the rod"},
  };
}

std::vector<ArgumentInfo> StackArguments() {
  return {
      {"num_blocks", Kind::kInteger, "2", kTowers, "blocks of the tower"},
      {"mgrad", Kind::kNumber, "0.0", kTowers, "growth of the blocks from top to bottom, metres a block"},
      {"tower_cap", Kind::kNames, "sphere", kTowers, "shapes of the top, which is the target"},
      {"toys", Kind::kFlag, "", kTowers, "towers of library models; not available"},
      {"invert_blocks", Kind::kFlag, "", kTowers, "turn each block upside down"},
      {"rheight", Kind::kRange, "0", kTowers, "height of a base under the ramp"},
      {"probe_categories", Kind::kText, "None", kTowers, "with toys only"},
      {"target_categories", Kind::kText, "None", kTowers, "with toys only"},
      {"middle_categories", Kind::kText, "None", kTowers, "with toys only"},
      {"num_middle_range", Kind::kRange, "[1,6]", kStacks, "number of contents or rings; the upper end is excluded"},
      {"target_contained_range", Kind::kRange, "None", {"contain"}, "which of the contents is the target; None = any"},
      {"target_link_range", Kind::kRange, "None", {"link"}, "which of the rings is the target; None = any"},
      {"attachment", Kind::kNames, "cylinder", kStacks, "shapes of the second container or pole; None = there is none"},
      {"ascale", Kind::kAxes, "0.2,2.0,0.2", kStacks, "scale of the attachment"},
      {"amass", Kind::kRange, "[3.0,3.0]", kStacks, "mass of the attachment at the size of a .5 m cube"},
      {"acolor", Kind::kColor, "0.8,0.8,0.8", kStacks, "colour of the attachment"},
      {"amaterial", Kind::kText, "wood_european_ash", kStacks, "material of the attachment"},
      {"attachment_fixed", Kind::kFlag, "", kStacks, "joint the attachment to the base, or fix it to the floor"},
      {"attachment_capped", Kind::kFlag, "", kStacks, "put a cap like the base on the attachment"},
      {"base", Kind::kNames, "cylinder", kStacks, "shapes of the base; None = there is none"},
      {"bscale", Kind::kAxes, "0.5", kStacks, "scale of the base"},
      {"bmass", Kind::kRange, "[3.0,3.0]", kStacks, "mass of the base at the size of a .5 m cube"},
      {"bcolor", Kind::kColor, "0.8,0.8,0.8", kStacks, "colour of the base"},
      {"bmaterial", Kind::kText, "wood_european_ash", kStacks, "material of the base"},
  };
}

std::vector<ArgumentInfo> FallArguments() {
  return {
      {"drop", Kind::kNames, "None", {"drop"}, "shapes that are dropped"},
      {"ymin", Kind::kNumber, "1.25", {"drop"}, "lowest height, metres"},
      {"ymax", Kind::kNumber, "1.5", {"drop"}, "greatest height"},
      {"dscale", Kind::kAxes, "[0.1,0.4]", {"drop"}, "scale of what is dropped"},
      {"drot", Kind::kAxes, "{'x':[0,360],'y':[0,360],'z':[0,360]}", {"drop"}, "its rotation, degrees"},
      {"jitter", Kind::kNumber, "0.2", {"drop"}, "horizontal jitter of its start, metres"},
      {"all_flex_objects", Kind::kSwitch, "1", {"drape"}, "recorded"},
      {"step_physics", Kind::kInteger, "100", {"drape"}, "settling steps after each solid"},
      {"cloth", Kind::kFlag, "", {"drape"}, "drop a cloth; a drape trial needs it"},
      {"squishy", Kind::kFlag, "", {"drape"}, "not available"},
      {"fluid", Kind::kFlag, "", {"drape"}, "not available"},
      {"collision_label_threshold", Kind::kNumber, "0.1", {"drape"},
       "recorded; tuned to the reference's particles, so contact here is measured with a threshold of our own"},
      {"min_distance_ratio", Kind::kNumber, "0.5", {"drape"}, "zone's distance from the right anchor, in spacings"},
      {"max_distance_ratio", Kind::kNumber, "0.5", {"drape"}, "its greatest value"},
      {"min_anchorloc", Kind::kNumber, "-0.4", {"drape"}, "x of the left anchor"},
      {"max_anchorloc", Kind::kNumber, "0.4", {"drape"}, "x of the right anchor"},
      {"anchor_height", Kind::kNumber, "0.5", {"drape"}, "height of the anchors"},
      {"anchor_jitter", Kind::kNumber, "0.0", {"drape"}, "jitter of the anchors' x, metres"},
      {"height_jitter", Kind::kNumber, "0.0", {"drape"}, "jitter of their height"},
  };
}

void Add(std::vector<ArgumentInfo>& all, const std::vector<ArgumentInfo>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

using Defaults = std::map<std::string, std::string>;

const Defaults kTower = {
    {"remove_target", "1"}, {"collision_axis_length", "3.0"}, {"mscale", "[0.4,0.5]"}, {"spacing_jitter", "0.3"},
    {"mrot", "[-45,45]"}, {"middle", "cube"}, {"probe", "sphere"}, {"pmass", "3.0"}, {"pscale", "0.3"},
    {"tscale", "[0.4,0.4]"}, {"zscale", "3.0,0.01,3.0"}, {"fscale", "4.0"}, {"frot", "[-0,0]"},
    {"foffset", "0.0,0.5,0.0"}, {"fwait", "[15,15]"}, {"camera_distance", "3.0"}, {"camera_min_angle", "0"},
    {"camera_max_angle", "90"}};

// Changes that contain and link make to the tower's defaults.
const Defaults kStack = {{"collision_axis_length", "2.0"}, {"camera_min_height", "1.5"}, {"camera_max_height", "2.5"}};
const Defaults kContain = {
    {"middle", "sphere"}, {"mscale", "0.4,0.4,0.4"}, {"num_middle_range", "[1,4]"}, {"spacing_jitter", "0"},
    {"attachment", "bowl"}, {"ascale", "0.6,0.6,0.6"}, {"base", "bowl"}, {"bscale", "[0.5,1]"}, {"bmass", "[2.0,3.0]"},
    {"fscale", "[5.0,10.0]"}};
const Defaults kLink = {
    {"middle", "torus"}, {"mscale", "0.5,0.5,0.5"}, {"spacing_jitter", "0.0"}, {"rheight", "0.5"}};

const Defaults kCollide = {
    {"zscale", "1.0,0.01,1.0"}, {"probe", "sphere"}, {"pscale", "0.35,0.35,0.35"}, {"fscale", "[5.0,10.0]"},
    {"frot", "[-20,20]"}, {"fjitter", "0.5"}, {"target", "pipe,cube,pentagon"}, {"tscale", "0.25,0.5,0.25"},
    {"camera_min_angle", "0"}, {"camera_max_angle", "360"}, {"camera_distance", "2.3"},
    {"occluder_aspect_ratio", "[0.5,2.5]"}, {"distractor_aspect_ratio", "[0.25,5.0]"},
    {"occluder_categories", kReleasedCategories}, {"distractor_categories", kReleasedCategories}};

// The reference's drop controller does not pass on its camera distance, masses and occlusion scale, so that other
// values than its parser's are in force; those stand here (seen in every released drop trial).
const Defaults kDrop = {
    {"target", "None"}, {"tscale", "[0.3,0.7]"}, {"zscale", "2.0,0.01,2.0"}, {"camera_min_height", "0.0"},
    {"camera_max_height", "2.0"}, {"camera_distance", "2.0"}, {"pmass", "[2.0,7.0]"}, {"mmass", "[10.0,11.0]"},
    {"occlusion_scale", "0.6"}, {"occluder_categories", kReleasedCategories},
    {"distractor_categories", kReleasedCategories}};

// mmaterial None: the rod's material is not passed on either.
const Defaults kRoll = {
    {"zscale", "2.0,0.01,2.0"}, {"zjitter", "0.0"}, {"fscale", "[0.0,0.0]"}, {"frot", "[-20,20]"},
    {"target", "pipe,cube,pentagon,sphere"}, {"tscale", "0.25,0.25,0.25"}, {"mmaterial", "None"},
    {"occluder_categories", kReleasedCategories}, {"distractor_categories", kReleasedCategories}};

// Anchors and prop draw their materials.
const Defaults kDrape = {{"fwait", "30"}, {"mmaterial", "None"}};

}  // namespace

const std::vector<ArgumentInfo>& KnownArguments() {
  static const std::vector<ArgumentInfo> all = [] {
    std::vector<ArgumentInfo> table;
    for (const auto& part : {CommonArguments(), ActorArguments(), ViewArguments(), PushArguments(), StackArguments(),
                             FallArguments()})
      Add(table, part);
    return table;
  }();
  return all;
}

std::vector<const std::map<std::string, std::string>*> ControllerDefaults(const std::string& controller) {
  if (controller == "support") return {&kTower};
  if (controller == "contain") return {&kTower, &kStack, &kContain};
  if (controller == "link") return {&kTower, &kStack, &kLink};
  if (controller == "collide") return {&kCollide};
  if (controller == "drop") return {&kDrop};
  if (controller == "roll") return {&kRoll};
  if (controller == "drape") return {&kDrape};
  return {};
}

}  // namespace figment::physion
