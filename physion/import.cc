#include "physion/import.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "files/atomic.h"
#include "physion/library_models.h"
#include "physion/props.h"
#include "physion/released.h"
#include "physion/scenario.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr char kLogName[] = "tdw_commands.json";
constexpr char kTrial[] = " trial ";

// --- The log: messages of trials

struct Message {
  int line = 0;    // in the file, from 1
  int frame = 0;   // of the trial; 0 = the message that sets it up
  Json commands = Json::array();
};

struct TrialLog {
  int index = 0;
  std::vector<Message> messages;   // those that are not empty
  int frames = 0;
  bool is_complete = false;        // it ends with the objects being destroyed
};

struct Log {
  fs::path path;
  Message start;                   // before the first trial: room, field of view
  std::vector<TrialLog> trials;
};

std::string Place(const fs::path& path, int line) { return path.string() + ":" + std::to_string(line) + ": "; }

std::string TypeOf(const Json& command) { return command.at("$type").get<std::string>(); }

bool HasCommand(const Json& commands, const std::string& type) {
  return std::any_of(commands.begin(), commands.end(), [&](const Json& command) { return TypeOf(command) == type; });
}

bool EndsTrial(const Json& commands) {
  return !commands.empty() && std::all_of(commands.begin(), commands.end(), [](const Json& command) {
    return TypeOf(command) == "destroy_object" || TypeOf(command) == "destroy_flex_object";
  });
}

Json ParseCommands(const fs::path& path, int line, const std::string& text) {
  Json commands = Json::parse(text, nullptr, false);
  if (commands.is_object()) commands = Json::array({commands});  // one command may stand without its list
  if (commands.is_discarded())
    throw base::Error(Place(path, line) + "not valid JSON before '" + kTrial + "'; the file may be cut off or damaged");
  const bool is_list = commands.is_array() && std::all_of(commands.begin(), commands.end(), [](const Json& command) {
    return command.is_object() && command.contains("$type") && command["$type"].is_string();
  });
  if (!is_list) throw base::Error(Place(path, line) + "expected a list of commands, objects with a \"$type\"");
  return commands;
}

// The trial a line belongs to; nullopt = none yet ("trial None").
std::optional<int> TrialNumber(const fs::path& path, int line, const std::string& text) {
  if (text == "None") return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0)
    throw base::Error(Place(path, line) + "'" + text + "' is no trial number");
  return number;
}

Log ReadLog(const fs::path& path) {
  Log log;
  log.path = path;
  const std::vector<std::string> lines = files::ReadLines(path);
  for (size_t i = 0; i < lines.size(); ++i) {
    const int line = static_cast<int>(i) + 1;
    if (lines[i].empty()) continue;
    const size_t end = lines[i].rfind(kTrial);
    if (end == std::string::npos)
      throw base::Error(Place(path, line) + "expected a JSON list of commands and '" + kTrial +
                        "N'; the file may be cut off");
    const auto number = TrialNumber(path, line, lines[i].substr(end + sizeof kTrial - 1));
    const Json commands = ParseCommands(path, line, lines[i].substr(0, end));
    if (!number) {
      if (HasCommand(commands, "add_scene")) log.start = {line, 0, commands};  // drape logs repeat it
      continue;
    }
    const bool begins = HasCommand(commands, "add_object");
    if (begins) log.trials.push_back({.index = *number, .messages = {}, .frames = 0, .is_complete = false});
    else if (log.trials.empty() || log.trials.back().index != *number)
      throw base::Error(Place(path, line) + "trial " + std::to_string(*number) + " begins without adding objects");
    TrialLog& trial = log.trials.back();
    trial.is_complete = trial.is_complete || EndsTrial(commands);
    if (!commands.empty()) trial.messages.push_back({line, trial.frames, commands});
    ++trial.frames;
  }
  if (log.trials.empty()) throw base::Error(path.string() + " holds no trial");
  return log;
}

// --- What stands beside the log

struct FolderFacts {
  std::string config, scenario, controller;
  Json metadata = Json::array();            // as released, or empty
  std::optional<Arguments> arguments;       // of the released config of this name
};

const Config* ReleasedConfigOf(const std::string& name) {
  for (const Config& config : ReleasedConfigs())
    if (config.name == name) return &config;
  return nullptr;
}

std::string ControllerClass(const std::string& scenario, const std::string& config) {
  static const std::map<std::string, std::string> classes = {
      {"dominoes", "MultiDominoes"}, {"support", "Tower"}, {"collide", "Collision"}, {"contain", "Containment"},
      {"drop", "Drop"},              {"link", "Linking"},  {"roll", "RollingSliding"}, {"drape", "ClothSagging"}};
  if (scenario == "roll" && config.find("collision") != std::string::npos) return classes.at("collide");
  return classes.at(scenario);
}

std::string ScenarioOf(const fs::path& folder, const Config* released) {
  if (released) return released->scenario;
  const std::string above = folder.parent_path().filename().string();
  try {
    return FindScenario(above).name;
  } catch (const base::Error&) {
    throw base::Error("cannot tell the scenario of '" + folder.string() +
                      "': the folder has no released config's name, and the folder above, '" + above +
                      "', no scenario's (dominoes, support, ...)");
  }
}

// Python writes NaN for numbers that are none, which JSON does not know.
Json ParsePythonJson(std::string text) {
  const std::string nan = "NaN", null = "null";
  for (size_t at = text.find(nan); at != std::string::npos; at = text.find(nan, at + null.size()))
    text.replace(at, nan.size(), null);
  return Json::parse(text, nullptr, false);
}

FolderFacts FactsOf(const fs::path& folder) {
  FolderFacts facts;
  facts.config = folder.filename().string();
  const Config* released = ReleasedConfigOf(facts.config);
  facts.scenario = ScenarioOf(folder, released);
  facts.controller = ControllerClass(facts.scenario, facts.config);
  if (released) facts.arguments = Arguments::FromConfig(*released);
  const fs::path path = folder / "metadata.json";
  if (!fs::exists(path)) return facts;
  facts.metadata = ParsePythonJson(files::ReadFile(path));
  const auto is_readable = [](const Json& entry) {
    const auto holds = [&](const char* key, bool (*expected)(const Json&)) {
      return !entry.contains(key) || expected(entry.at(key));
    };
    return entry.is_object() && holds("stimulus_name", [](const Json& value) { return value.is_string(); }) &&
           holds("trial_seed", [](const Json& value) { return value.is_number_integer(); }) &&
           holds("num_distractors", [](const Json& value) { return value.is_number_unsigned() || value.is_null(); });
  };
  if (!facts.metadata.is_array() || !std::all_of(facts.metadata.begin(), facts.metadata.end(), is_readable))
    throw base::Error(path.string() + " is no JSON list of trials with stimulus_name, trial_seed and num_distractors; "
                      "repair it, or take it away to import without it");
  return facts;
}

// The entry of a trial in metadata.json, by the end of its stimulus name; null without one.
Json MetadataOf(const FolderFacts& facts, int index) {
  std::string ending = std::to_string(index);
  if (ending.size() < 4) ending.insert(0, 4 - ending.size(), '0');
  for (const Json& entry : facts.metadata)
    if (entry.value("stimulus_name", "").ends_with("_" + ending)) return entry;
  return {};
}

int64_t TrialSeed(const FolderFacts& facts, int index) {
  if (const Json entry = MetadataOf(facts, index); entry.contains("trial_seed"))
    return entry.at("trial_seed").get<int64_t>();
  return 1000 * int64_t{facts.arguments ? facts.arguments->Integer("seed") : 0} + index;
}

// --- A scene from its commands

Json Vector(const Json& v) { return Json::array({v.at("x"), v.at("y"), v.at("z")}); }

// The scene in the making; a command changes it.
class SceneReader {
 public:
  SceneReader(const Log& log, const FolderFacts& facts, const TrialLog& trial, std::set<std::string>& warnings)
      : log_(log), facts_(facts), trial_(trial), warnings_(warnings) {}

  Json Read() {
    for (const Json& command : log_.start.commands) ApplyChecked(command, log_.start);
    for (const Message& message : trial_.messages) {
      if (EndsTrial(message.commands)) break;
      for (const Json& command : message.commands) ApplyChecked(command, message);
    }
    SetRoles();
    scene_["scenario"] = facts_.scenario;
    scene_["config"] = facts_.config;
    scene_["trial"] = trial_.index;
    scene_["trial_seed"] = TrialSeed(facts_, trial_.index);
    scene_["controller"] = facts_.controller;
    scene_["objects"] = objects_;
    return scene_;
  }

 private:
  [[noreturn]] void Fail(const std::string& problem) const {
    throw base::Error(Place(log_.path, trial_.messages.front().line) + "trial " + std::to_string(trial_.index) + ": " +
                      problem);
  }

  void ApplyChecked(const Json& command, const Message& message) {
    try {
      Apply(command, message.frame);
    } catch (const Json::exception& error) {
      throw base::Error(Place(log_.path, message.line) + TypeOf(command) + " is not as expected: " + error.what());
    } catch (const base::Error& error) {
      throw base::Error(Place(log_.path, message.line) + error.what());
    }
  }

  void Apply(const Json& command, int frame) {
    const std::string type = TypeOf(command);
    if (type == "add_scene") SetRoom(command.at("name"));
    else if (type == "set_field_of_view") scene_["camera"]["fov_y"] = command.at("field_of_view");
    else if (type == "teleport_avatar_to") SetCamera(command);
    else if (type == "look_at_position") scene_["camera"]["look_at"] = Vector(command.at("position"));
    else if (type == "add_object") AddObject(command);
    else if (type == "destroy_object" || type == "destroy_flex_object") Remove(command.at("id"));
    else if (type == "apply_force_at_position") Push(command, frame, Vector(command.at("position")));
    else if (type == "apply_force_to_object") Push(command, frame, nullptr);
    else if (type == "add_fixed_joint")
      scene_["joints"].push_back({{"type", "fixed"}, {"id", command.at("id")}, {"parent", command.at("parent_id")}});
    else if (command.contains("id") && command.at("id").is_number()) ApplyToObject(type, command);
    else WarnUnlessHarmless(type);
  }

  void ApplyToObject(const std::string& type, const Json& command) {
    Json& object = ObjectOf(command.at("id"));
    if (type == "scale_object") Scale(object, Vector(command.at("scale_factor")));
    else if (type == "set_mass" || type == "set_flex_object_mass") object["mass"] = command.at("mass");
    else if (type == "set_physic_material")
      for (const char* key : {"dynamic_friction", "static_friction", "bounciness"}) object[key] = command.at(key);
    else if (type == "set_kinematic_state") object["kinematic"] = command.value("is_kinematic", false);
    else if (type == "set_object_drag")
      for (const char* key : {"drag", "angular_drag"}) object[key] = command.at(key);
    else if (type == "set_color") SetColor(object, command.at("color"));
    else if (type == "set_visual_material") object["material"] = command.at("material_name");
    else if (type == "set_flex_cloth_actor") object["flex_cloth"] = command;
    else WarnUnlessHarmless(type);
  }

  void SetRoom(const std::string& name) {
    static const std::map<std::string, std::string> rooms = {{"box_room_2018", "box"}, {"tdw_room", "tdw"}};
    const auto found = rooms.find(name);
    if (found == rooms.end())
      throw base::Error("scene '" + name + "' has no counterpart here; known: box_room_2018, tdw_room");
    scene_["room"] = found->second;
  }

  void SetCamera(const Json& command) {
    scene_["camera"]["position"] = Vector(command.at("position"));
    first_clutter_ = objects_.size();  // what is added after the camera is placed stands beside the action
  }

  void AddObject(const Json& command) {
    const double factor = command.value("scale_factor", 1.0);
    const std::string model = command.at("name"), category = command.value("category", "");
    Json object = {{"id", command.at("id")},
                   {"model", model},
                   {"position", Vector(command.at("position"))},
                   {"rotation", Vector(command.at("rotation"))},
                   {"scale", Json::array({factor, factor, factor})}};
    if (category != "flex_primitive" && !category.empty()) object["category"] = category;
    if (factor != 1) object["library_scale"] = factor;
    objects_.push_back(object);
    if (!IsOurModel(model) && !FindLibraryModel(model))
      warnings_.insert("model '" + model + "' (" + (category.empty() ? "no category" : category) +
                       ") is not known; '" + StandInFor(model, category) + "' stands in for it");
  }

  static void Scale(Json& object, const Json& factors) {
    for (size_t axis = 0; axis < 3; ++axis)
      object["scale"][axis] = object["scale"][axis].get<double>() * factors[axis].get<double>();
  }

  static void SetColor(Json& object, const Json& color) {
    object["color"] = Json::array({color.at("r"), color.at("g"), color.at("b")});
    object["times_painted"] = object.value("times_painted", 0) + 1;
  }

  void Push(const Json& command, int frame, const Json& point) {
    if (scene_.contains("impulses")) throw base::Error("a second push in one trial; a scene holds one");
    scene_["impulses"] = Json::array({{{"frame", frame},
                                       {"id", command.at("id")},
                                       {"impulse", Vector(command.at("force"))},
                                       {"point", point}}});
    pushed_ = command.at("id").get<int>();
  }

  void Remove(int id) {
    const auto found = Find(id);
    const auto index = static_cast<size_t>(found - objects_.begin());
    objects_.erase(found);
    if (first_clutter_ && index < *first_clutter_) --*first_clutter_;
  }

  std::vector<Json>::iterator Find(int id) {
    const auto found =
        std::find_if(objects_.begin(), objects_.end(), [&](const Json& object) { return object["id"] == id; });
    if (found == objects_.end()) throw base::Error("object " + std::to_string(id) + " was not added");
    return found;
  }
  Json& ObjectOf(int id) { return *Find(id); }

  // Commands that change neither motion nor look of what is replayed here.
  void WarnUnlessHarmless(const std::string& type) {
    static const std::set<std::string> harmless = {
        "set_screen_size", "set_render_quality", "set_physics_solver_iterations", "set_vignette", "set_shadow_strength",
        "set_sleep_threshold", "set_aperture", "set_post_exposure", "set_ambient_occlusion_intensity",
        "set_ambient_occlusion_thickness_modifier", "create_avatar", "set_target_framerate", "set_pass_masks",
        "create_flex_container", "assign_flex_container", "set_flex_solid_actor", "step_physics",
        "unload_asset_bundles", "add_material", "set_object_collision_detection_mode", "set_focus_distance"};
    if (!type.starts_with("send_") && !harmless.contains(type))
      warnings_.insert("command '" + type + "' is not replayed");
  }

  // --- Roles, by the order in which the controllers create things

  void SetRole(size_t index, const char* role) { objects_[index]["role"] = role; }

  void SetRoles() {
    const size_t actors = first_clutter_.value_or(objects_.size());
    if (actors < 2) Fail("it has no zone and target before the camera is placed");
    for (const char* key : {"position", "look_at", "fov_y"})
      if (!scene_.contains("camera") || !scene_["camera"].contains(key))
        Fail(std::string("its camera has no ") + key + " (teleport_avatar_to, look_at_position, set_field_of_view)");
    for (size_t i = 1; i < actors; ++i) SetRole(i, "middle");
    SetRole(0, "zone");
    SetTarget(actors);
    for (size_t i = 1; i < actors; ++i) {
      Json& object = objects_[i];
      if (object["role"] == "target") continue;
      if (object["model"] == "ramp_with_platform_30") SetRole(i, "ramp");
      else if (object["id"] == pushed_) SetRole(i, "probe");
      else if (facts_.controller == "RollingSliding") SetRole(i, "ledge");
      else if (facts_.scenario == "drape") SetRole(i, object.contains("category") ? "prop" : "anchor");
      else if (facts_.scenario == "contain" || facts_.scenario == "link") SetStackRole(object);
    }
    SetClutterRoles(actors);
    scene_["zone_id"] = objects_[0]["id"];
    const auto probe =
        std::find_if(objects_.begin(), objects_.end(), [](const Json& object) { return object["role"] == "probe"; });
    scene_["probe_id"] = probe == objects_.end() ? Json() : (*probe)["id"];
  }

  // The top of a tower, what is painted twice in a stack, the cloth, or else the object that gets id 2.
  void SetTarget(size_t actors) {
    const auto is_target = [&](size_t i) {
      if (facts_.scenario == "support") return i + 1 == actors;
      if (facts_.scenario == "contain" || facts_.scenario == "link") return objects_[i].value("times_painted", 0) > 1;
      if (facts_.scenario == "drape") return objects_[i].contains("flex_cloth");
      return objects_[i]["id"] == 2;
    };
    for (size_t i = 1; i < actors; ++i) {
      if (!is_target(i)) continue;
      SetRole(i, "target");
      scene_["target_id"] = objects_[i]["id"];
      return;
    }
    Fail("no object is the target of a '" + facts_.scenario + "' scene");
  }

  // The controller numbers zone, placeholder, probe, base, attachment; a cap has the parts' plain surface, contents have
  // a drawn one.
  static void SetStackRole(Json& object) {
    constexpr int kBase = 4, kAttachment = 5;
    if (object["id"] == kBase) object["role"] = "base";
    else if (object["id"] == kAttachment) object["role"] = "attachment";
    else if (object.value("bounciness", 0.0) == 0) object["role"] = "cap";
  }

  // Distractors are added before occluders.
  void SetClutterRoles(size_t actors) {
    const size_t distractors = NumberOfDistractors(actors);
    for (size_t i = actors; i < objects_.size(); ++i) SetRole(i, i - actors < distractors ? "distractor" : "occluder");
  }

  size_t NumberOfDistractors(size_t actors) const {
    const Json entry = MetadataOf(facts_, trial_.index);
    if (entry.is_object() && entry.value("num_distractors", Json()).is_number_unsigned())
      return entry["num_distractors"].get<size_t>();
    if (facts_.arguments) return static_cast<size_t>(facts_.arguments->Integer("num_distractors"));
    // Without either: those on the far side of the middle.
    const Json& camera = scene_["camera"]["position"];
    size_t count = 0;
    for (size_t i = actors; i < objects_.size(); ++i) {
      const Json& place = objects_[i]["position"];
      count += place[0].get<double>() * camera[0].get<double>() + place[2].get<double>() * camera[2].get<double>() < 0;
    }
    return count;
  }

  const Log& log_;
  const FolderFacts& facts_;
  const TrialLog& trial_;
  std::set<std::string>& warnings_;
  Json scene_ = Json::object();
  std::vector<Json> objects_;
  std::optional<size_t> first_clutter_;
  std::optional<int> pushed_;
};

// --- Folders

// The configurations in or below a folder, by path.
std::vector<fs::path> ConfigFolders(const fs::path& folder) {
  if (!fs::is_directory(folder)) throw base::Error("'" + folder.string() + "' is not a folder");
  std::vector<fs::path> found;
  if (fs::exists(folder / kLogName)) return {folder};
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().filename() == kLogName) found.push_back(entry.path().parent_path());
  if (found.empty())
    throw base::Error("'" + folder.string() + "' holds no " + kLogName + ", nor does a folder below it");
  std::sort(found.begin(), found.end());
  return found;
}

// Without the slash at the end, and never just "." - the name says which configuration it is.
fs::path Named(const fs::path& folder) {
  const fs::path full = fs::weakly_canonical(folder);
  return full.has_filename() ? full : full.parent_path();
}

TrialSpec SceneOf(const Log& log, const FolderFacts& facts, const TrialLog& trial, std::set<std::string>& warnings) {
  const auto fail = [&](const char* what) {
    throw base::Error(Place(log.path, trial.messages.front().line) + "trial " + std::to_string(trial.index) + ": " +
                      what);
  };
  try {
    const Json scene = SceneReader(log, facts, trial, warnings).Read();  // its errors say where
    try {
      return TrialSpecFromReleased(scene);
    } catch (const base::Error& error) {
      fail(error.what());
    }
  } catch (const Json::exception& error) {
    fail(error.what());
  }
  return {};
}

void ReadConfigFolder(const fs::path& folder, ImportedScenes& result) {
  const FolderFacts facts = FactsOf(folder);
  const Log log = ReadLog(folder / kLogName);
  std::map<int, TrialSpec> scenes;  // a trial logged twice was broken off first
  std::set<std::string> warnings;
  for (const TrialLog& trial : log.trials) {
    if (trial.is_complete)
      scenes[trial.index] = SceneOf(log, facts, trial, warnings);
    else
      warnings.insert(Place(log.path, trial.messages.front().line) + "the log of trial " + std::to_string(trial.index) +
                      " breaks off; that run is left out");
  }
  if (scenes.empty()) throw base::Error(log.path.string() + " holds no complete trial");
  for (auto& [index, scene] : scenes) result.scenes.push_back(std::move(scene));
  for (const std::string& warning : warnings)
    if (std::find(result.warnings.begin(), result.warnings.end(), warning) == result.warnings.end())
      result.warnings.push_back(warning);
  ++result.folders;
}

}  // namespace

std::vector<std::string> ImportedScenes::Scenarios() const {
  std::set<std::string> names;
  for (const TrialSpec& scene : scenes) names.insert(scene.scenario);
  return {names.begin(), names.end()};
}

ImportedScenes ReadCommandLogs(const std::vector<fs::path>& folders) {
  ImportedScenes result;
  std::map<std::string, fs::path> seen;
  for (const fs::path& given : folders)
    for (const fs::path& folder : ConfigFolders(Named(given))) {
      const auto [first, is_new] = seen.emplace(folder.filename().string(), folder);
      if (!is_new && first->second == folder) continue;  // named twice
      if (!is_new)
        throw base::Error("'" + first->second.string() + "' and '" + folder.string() +
                          "' are configurations of one name; import them into data sets of their own");
      ReadConfigFolder(folder, result);
    }
  return result;
}

}  // namespace figment::physion
