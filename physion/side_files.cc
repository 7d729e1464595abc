#include "physion/side_files.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/check.h"
#include "files/atomic.h"
#include "physion/arguments.h"

namespace figment::physion {
namespace {

using Json = nlohmann::ordered_json;

// Share of the picture below which an object counts as hidden (TX postprocessing/labels.py).
constexpr double kOccludedArea = 0.005;

double Rounded(double value) { return std::round(value * 1000) / 1000 + 0.0; }  // + 0 turns -0 into 0

Json VectorJson(const base::Vec3& v) { return {{"x", Rounded(v.x())}, {"y", Rounded(v.y())}, {"z", Rounded(v.z())}}; }

double VisibleArea(const TrialMasks& masks, int object) {
  return static_cast<double>(masks.first[static_cast<size_t>(object)].pixels) / (masks.width * masks.height);
}

Json VisibleAreaJson(const TrialMasks& masks, int object) {
  if (masks.first.empty() || object < 0) return {};
  return Rounded(VisibleArea(masks, object));
}

// Centre of a mask where the picture spans -1..1 from its first to its last row and column.
base::Vec2 Centre(const TrialMasks& masks, const ObjectMask& mask) {
  const double pixels = static_cast<double>(mask.pixels);
  return {-1 + 2 * static_cast<double>(mask.row_sum) / pixels / (masks.height - 1),
          -1 + 2 * static_cast<double>(mask.column_sum) / pixels / (masks.width - 1)};
}

Json MaskDisplacement(const TrialMasks& masks, int object) {
  if (masks.first.empty() || masks.last.empty()) return {};
  const ObjectMask& first = masks.first[static_cast<size_t>(object)];
  const ObjectMask& last = masks.last[static_cast<size_t>(object)];
  if (first.pixels == 0 || last.pixels == 0) return {};  // out of the picture
  const base::Vec2 moved = Centre(masks, last) - Centre(masks, first);
  return {Rounded(moved.x()), Rounded(moved.y())};
}

Json AnyOccluded(const TrialMasks& masks) {
  if (masks.first.empty()) return {};
  for (size_t object = 0; object < masks.first.size(); ++object)
    if (Rounded(VisibleArea(masks, static_cast<int>(object))) < kOccludedArea) return true;
  return false;
}

int CountRole(const TrialSpec& spec, const std::string& role) {
  return static_cast<int>(std::count_if(spec.objects.begin(), spec.objects.end(),
                                        [&](const ObjectSpec& object) { return object.role == role; }));
}

int MiddleObjects(const TrialSpec& spec) {
  const Json& own = spec.static_fields;
  if (own.contains("num_blocks")) return own["num_blocks"].get<int>();
  if (own.contains("middle_objects")) return static_cast<int>(own["middle_objects"].size());
  return spec.scenario == "drop" ? 0 : CountRole(spec, "middle");  // the reference counts dominoes only
}

// What only some scenarios have.
void AddScenarioEntries(const Trial& trial, const Outcome& outcome, Json& entry) {
  const TrialSpec& spec = trial.spec;
  if (spec.scenario == "dominoes" || spec.scenario == "drop") {
    entry["num_middle_objects"] = MiddleObjects(spec);
    entry["remove_middle"] = spec.static_fields.value("remove_middle", false);
  } else if (spec.scenario == "support") {
    entry["num_middle_objects"] = MiddleObjects(spec);
    entry["did_tower_fall"] = OrNull(outcome.did_fall);
  } else if (spec.scenario == "drape") {
    const auto& distance = outcome.minimum_distance_target_to_zone;
    entry["minimum_distance_target_to_zone"] = distance ? Json(Rounded(*distance)) : Json();
  }
}

// --- Means -------------------------------------------------------------------------------------------------------

Json MeanOfNumbers(const std::vector<Json>& values) {
  double sum = 0;
  for (const Json& value : values) sum += value.is_boolean() ? value.get<bool>() : value.get<double>();
  return Rounded(sum / static_cast<double>(values.size()));
}

Json Mean(const std::vector<Json>& values);

// The values of one element (of a list or an object) over all trials.
template <class Key>
Json MeanOfElement(const std::vector<Json>& values, const Key& key) {
  std::vector<Json> elements;
  for (const Json& value : values) elements.push_back(value.at(key));
  return Mean(elements);
}

// Texts: the common value, or the range "first-last".
Json RangeOfTexts(const std::vector<Json>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return *low == *high ? *low : Json(low->get<std::string>() + "-" + high->get<std::string>());
}

// Nulls do not count; a mean of nothing is null.
Json Mean(const std::vector<Json>& all_values) {
  std::vector<Json> values;
  for (const Json& value : all_values)
    if (!value.is_null()) values.push_back(value);
  if (values.empty()) return {};
  if (values.front().is_string()) return RangeOfTexts(values);
  if (values.front().is_array()) {
    Json mean = Json::array();
    for (size_t i = 0; i < values.front().size(); ++i) mean.push_back(MeanOfElement(values, i));
    return mean;
  }
  if (values.front().is_object()) {
    Json mean = Json::object();
    for (const auto& [key, unused] : values.front().items()) mean[key] = MeanOfElement(values, key);
    return mean;
  }
  return MeanOfNumbers(values);
}

std::string Lines(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += token + "\n";
  return text;
}

// --- Meshes ------------------------------------------------------------------------------------------------------

void AddVertex(const base::Vec3& p, ReferenceMesh& out) {
  for (const double value : ToReference(p)) out.vertices.push_back(static_cast<float>(value));
}

void AddFace(size_t a, size_t b, size_t c, ReferenceMesh& out) {
  for (const size_t corner : {a, b, c}) out.faces.push_back(static_cast<int32_t>(corner));
}

ReferenceMesh SolidMesh(const envs::Mesh& mesh) {
  ReferenceMesh out;
  for (const Eigen::Vector3f& vertex : mesh.vertices) AddVertex(vertex.cast<double>(), out);
  // The change of handedness turns triangles inside out; exchanging two corners turns them back.
  for (const auto& [a, b, c] : mesh.triangles) AddFace(a, c, b, out);
  return out;
}

// The sheet at rest and unscaled, facing up; vertices in the order of particles/<id>.
ReferenceMesh SheetMesh(const envs::Cloth& cloth, const base::Vec3& reference_scale) {
  const auto [columns, rows] = cloth.resolution;
  const double width = cloth.size_m.x() / reference_scale.x(), depth = cloth.size_m.y() / reference_scale.z();
  ReferenceMesh out;
  for (int j = 0; j < rows; ++j)
    for (int i = 0; i < columns; ++i)
      AddVertex({(i / (columns - 1.0) - 0.5) * width, (j / (rows - 1.0) - 0.5) * depth, 0}, out);
  for (int j = 0; j + 1 < rows; ++j)
    for (int i = 0; i + 1 < columns; ++i) {
      const auto near_left = static_cast<size_t>(j * columns + i), far_left = near_left + static_cast<size_t>(columns);
      AddFace(near_left, far_left, near_left + 1, out);
      AddFace(near_left + 1, far_left, far_left + 1, out);
    }
  return out;
}

}  // namespace

nlohmann::ordered_json MetadataEntry(const Trial& trial, const Outcome& outcome, const TrialMasks& masks,
                                     const std::string& version) {
  const TrialSpec& spec = trial.spec;
  // The reference records no motion of a cloth.
  const bool rigid_target = trial.body_of_object[static_cast<size_t>(trial.target)] >= 0;
  const auto of_rigid = [&](const Json& value) { return rigid_target ? value : Json(); };

  Json entry;
  entry["stimulus_name"] = spec.stimulus_name();
  entry["controller_name"] = spec.controller;
  entry["git_commit"] = version;
  entry["num_frames"] = outcome.num_frames;
  entry["is_trial_valid"] = !outcome.ended_by.empty();
  entry["does_target_move"] = of_rigid(outcome.did_target_move);
  entry["does_target_contact_zone"] = outcome.label;
  entry["does_target_miss_zone"] = of_rigid(outcome.did_target_miss_zone);
  entry["does_target_hit_ground"] = of_rigid(outcome.did_target_hit_ground);
  entry["first_target_move_frame"] = of_rigid(OrNull(outcome.first_move_frame));
  entry["first_target_contact_zone_frame"] = OrNull(outcome.first_contact_frame);
  entry["first_target_hit_ground_frame"] = of_rigid(OrNull(outcome.first_ground_frame));
  entry["final_target_displacement"] = of_rigid(VectorJson(outcome.final_displacement));
  entry["final_target_mask_displacement"] = MaskDisplacement(masks, trial.target);
  entry["target_visible_area"] = VisibleAreaJson(masks, trial.target);
  entry["zone_visible_area"] = VisibleAreaJson(masks, trial.zone);
  entry["probe_visible_area"] = VisibleAreaJson(masks, trial.probe);
  entry["is_any_object_fully_occluded"] = AnyOccluded(masks);
  entry["room"] = spec.room;
  entry["trial_seed"] = spec.trial_seed;
  entry["push_time"] = spec.push ? spec.push->frame : 0;
  entry["num_distractors"] = CountRole(spec, "distractor");
  entry["num_occluders"] = CountRole(spec, "occluder");
  AddScenarioEntries(trial, outcome, entry);
  return entry;
}

nlohmann::ordered_json TrialStats(std::span<const nlohmann::ordered_json> entries) {
  Json stats = Json::object();
  if (!entries.empty()) {
    for (const auto& [key, unused] : entries.front().items()) {
      std::vector<Json> values;
      for (const Json& entry : entries) values.push_back(entry.value(key, Json()));
      stats[key + "/avg_label"] = Mean(values);
    }
  }
  stats["num_trials"] = entries.size();
  return stats;
}

ConfigArguments ArgumentsOf(const Config& config) {
  ConfigArguments arguments{.given = {}, .effective = Arguments::FromConfig(config).EffectiveTokens()};
  for (const auto& [name, value] : config.arguments) {
    arguments.given.push_back("--" + name);
    if (!value.empty()) arguments.given.push_back(value);
  }
  return arguments;
}

void WriteConfigFiles(const std::filesystem::path& directory, const std::string& prefix,
                      std::span<const nlohmann::ordered_json> entries, const ConfigArguments& arguments) {
  constexpr int kIndent = 4;  // as the reference
  Json list = Json::array();
  for (const Json& entry : entries) list.push_back(entry);
  files::WriteFileAtomically(directory / (prefix + "metadata.json"), list.dump(kIndent) + "\n");
  files::WriteFileAtomically(directory / (prefix + "trial_stats.json"), TrialStats(entries).dump(kIndent) + "\n");
  files::WriteFileAtomically(directory / (prefix + "args.txt"), Lines(arguments.effective));
  files::WriteFileAtomically(directory / (prefix + "commandline_args.txt"), Lines(arguments.given));
}

ReferenceMesh MeshOfObject(const Trial& trial, int object) {
  const int body = trial.body_of_object[static_cast<size_t>(object)];
  if (body < 0) return SheetMesh(trial.scene.cloths.front(), trial.spec.objects[static_cast<size_t>(object)].scale);
  const int shape = trial.scene.bodies[static_cast<size_t>(body)].shape;
  return SolidMesh(envs::SurfaceMesh(trial.scene.shapes[static_cast<size_t>(shape)]));
}

std::string ObjText(const ReferenceMesh& mesh) {
  std::string text;
  char line[128];
  for (size_t i = 0; i < mesh.vertices.size(); i += 3) {
    const float* vertex = &mesh.vertices[i];
    std::snprintf(line, sizeof line, "v %.6g %.6g %.6g\n", vertex[0], vertex[1], vertex[2]);
    text += line;
  }
  for (size_t i = 0; i < mesh.faces.size(); i += 3) {  // Wavefront counts from 1
    const int32_t* corner = &mesh.faces[i];
    std::snprintf(line, sizeof line, "f %d %d %d\n", corner[0] + 1, corner[1] + 1, corner[2] + 1);
    text += line;
  }
  return text;
}

}  // namespace figment::physion
