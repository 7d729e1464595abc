#include "physion/generate_config.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"

namespace figment::physion {
namespace {

const std::vector<std::string> kPasses = {"img", "id", "depth", "normals", "flow"};

// A whole decimal number; nothing else.
std::optional<int> WholeNumber(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool ParseShard(const std::string& text, Shard* shard) {
  const size_t slash = text.find('/');
  if (slash == std::string::npos) return false;
  const auto index = WholeNumber(std::string_view(text).substr(0, slash));
  const auto count = WholeNumber(std::string_view(text).substr(slash + 1));
  if (!index || !count || *count < 1 || *index < 0 || *index > *count) return false;
  *shard = {*index == 0 ? *count : *index, *count};
  return true;
}

void AddWhat(base::FieldList& fields, GenerateConfig* c) {
  fields.Add("scenario", &c->scenarios, "scenarios to generate: all, or names from `figment physion list`");
  fields.Add("config", &c->config,
             "a released config by name; all: the released test configs sampled anew, in their released proportions; "
             "released: the released scenes themselves, replayed");
  fields.Add("trials", &c->trials, "trials per scenario; none: 10, or every scene of a replay").Range(1, 1e6);
  fields.Add("seed", &c->seed, "seed of every draw");
  fields.AddEnum("mode", &c->mode, {{"train", Mode::kTrain}, {"readout", Mode::kReadout}, {"test", Mode::kTest},
                                   {"human", Mode::kHuman}},
                 "data mode: colours and clutter as the released train, readout or test sets have them; human: the test "
                 "scenes in the colours people saw");
}

void AddPictures(base::FieldList& fields, GenerateConfig* c) {
  fields.Add("passes", &c->passes, "pictures to draw; none simulates and labels without drawing").Choices(kPasses);
  fields.Add("size", &c->size_px, "width and height of the pictures").Range(16, 4096).Unit("pixels");
  fields.AddEnum("quality", &c->quality,
                 {{"draft", render::Quality::kDraft},
                  {"standard", render::Quality::kStandard},
                  {"high", render::Quality::kHigh},
                  {"faithful", render::Quality::kFaithful}},
                 "drawing preset: draft (no shadows), standard (shadows), high (multi-sampling), faithful (as MuJoCo)");
  fields.AddEnum("img_format", &c->image_format, {{"jpg", ImageFormat::kJpeg}, {"png", ImageFormat::kPng}},
                 "encoding of the colour pictures inside the HDF5 file");
  fields.Add("jpeg_quality", &c->jpeg_quality, "JPEG quality of the colour pictures").Range(1, 100);
}

void AddFiles(base::FieldList& fields, GenerateConfig* c) {
  fields.AddEnum("hdf5", &c->hdf5, {{"auto", Switch::kAuto}, {"on", Switch::kOn}, {"off", Switch::kOff}},
                 "write an HDF5 file per trial; auto: if anything is drawn");
  fields.Add("movies", &c->movies, "write MP4 movies of the colour and id pictures");
  fields.Add("fps", &c->fps, "playback rate of the movies (there are 100 frames per simulated second)").Range(1, 1000);
  fields.AddEnum("save_meshes", &c->save_meshes, {{"auto", Switch::kAuto}, {"on", Switch::kOn}, {"off", Switch::kOff}},
                 "the objects' meshes: auto stores them in the HDF5 file, on writes .obj files too");
  fields.Add("float_passes", &c->float_passes, "also store these passes as floats under ext/")
      .Choices({"depth", "flow"});
}

void AddPhysics(base::FieldList& fields, GenerateConfig* c) {
  envs::WorldConfig& w = c->world;
  using envs::CombineRule;
  const std::vector<std::pair<std::string, CombineRule>> rules = {{"average", CombineRule::kAverage},
                                                                  {"product", CombineRule::kProduct},
                                                                  {"maximum", CombineRule::kMaximum},
                                                                  {"minimum", CombineRule::kMinimum}};
  fields.AddEnum("engine", &w.engine, {{"bullet", envs::Engine::kBullet}, {"mujoco", envs::Engine::kMujoco}},
                 "physics engine (drape needs bullet)");
  fields.Add("max_start_overlap", &c->max_start_overlap_m, "reject scenes whose objects overlap more at the start")
      .AtLeast(0).Unit("metres");
  fields.Add("substeps", &w.substeps, "engine steps per frame of .01 s").Range(1, 100);
  fields.Add("solver_iterations", &w.solver_iterations, "solver iterations per engine step").Range(1, 1000);
  fields.AddEnum("friction_rule", &w.friction_rule, rules, "how the friction of two surfaces combines");
  fields.AddEnum("restitution_rule", &w.restitution_rule, rules, "how the bounciness of two surfaces combines");
  fields.Add("patch_friction_factor", &w.patch_friction_factor, "friction of contacts with two or more points, times")
      .Range(0, 10);
  fields.Add("restitution_threshold", &w.restitution_threshold_m_s, "no bounce below this approach speed")
      .AtLeast(0).Unit("m/s");
  fields.Add("max_spin", &w.max_spin_rad_s, "largest angular speed; 0 = no limit").AtLeast(0).Unit("rad/s");
  fields.Add("contact_margin", &w.contact_margin_m, "collision margin").Range(0, 0.1).Unit("metres");
}

void AddHow(base::FieldList& fields, GenerateConfig* c) {
  fields.Add("out", &c->out, "folder of the data set; the same command continues it");
  fields.Add("models", &c->models, "folder of your own models (docs/models.md): clutter, and names for target, probe, ...");
  fields.AddParsed(
      "workers",
      [c](const std::string& text) {
        const auto number = text == "auto" ? std::optional<int>(0) : WholeNumber(text);
        if (!number || *number < 0 || *number > 1024 || (*number == 0 && text != "auto")) return false;
        c->workers = *number;
        return true;
      },
      [c] { return c->workers == 0 ? std::string("auto") : std::to_string(c->workers); },
      "auto or a number from 1 to 1024", "worker processes; auto: one per CPU");
  fields.Add("max_reject_rate", &c->max_reject_rate, "fail if a larger share of the candidate scenes is rejected")
      .Range(0, 1);
  fields.Add("device", &c->device, "drawing device: auto, cpu, or gpu:N (EGL device with CUDA number N)");
  fields.AddParsed(
      "shard", [c](const std::string& text) { return ParseShard(text, &c->shard); },
      [c] { return std::to_string(c->shard.index) + "/" + std::to_string(c->shard.count); },
      "i/N with 0 <= i <= N and N >= 1", "make only part i of N of the data set (i from 1 to N; 0 means N)");
}

}  // namespace

render::Passes GenerateConfig::render_passes() const {
  const auto has = [&](const char* name) { return std::find(passes.begin(), passes.end(), name) != passes.end(); };
  return {.color = has("img"), .id = has("id"), .depth = has("depth"), .normals = has("normals"), .flow = has("flow")};
}

base::FieldList ResultFields(GenerateConfig* config) {
  base::FieldList fields;
  AddWhat(fields, config);
  AddPictures(fields, config);
  AddFiles(fields, config);
  AddPhysics(fields, config);
  return fields;
}

base::FieldList AllFields(GenerateConfig* config) {
  base::FieldList fields = ResultFields(config);
  AddHow(fields, config);
  return fields;
}

std::vector<std::string> ScenarioNames(const GenerateConfig& config) {
  std::vector<std::string> names;
  if (config.scenarios.empty()) throw base::UsageError("--scenario is required: all, or names from `figment physion list`");
  std::vector<std::string> wanted;
  for (const std::string& name : config.scenarios) wanted.push_back(name == "all" ? name : FindScenario(name).name);
  const auto is_wanted = [&](const std::string& name) {
    return std::find(wanted.begin(), wanted.end(), name) != wanted.end();
  };
  for (const Scenario& scenario : Scenarios())
    if (is_wanted("all") || is_wanted(scenario.name)) names.push_back(scenario.name);
  return names;
}

void Validate(const GenerateConfig& config) {
  if (config.out.empty()) throw base::UsageError("--out is required: the folder to write the data set to");
  for (const std::string& name : ScenarioNames(config))
    if (config.world.engine == envs::Engine::kMujoco && !FindScenario(name).rigid)
      throw base::UsageError("--engine mujoco cannot simulate the cloth of '" + name +
                             "': use --engine bullet, or leave that scenario out of --scenario");
  if (config.replays() && !HasTestScenes(config.mode))
    throw base::UsageError("--mode " + std::string(config.mode == Mode::kTrain ? "train" : "readout") +
                           " draws scenes anew, but --config " + config.config +
                           " replays given ones: use --mode test or human");
  if (config.draws() && !config.writes_hdf5() && !config.movies)
    throw base::UsageError("--hdf5 off and --movies off would draw pictures and write none: add --passes none");
  for (const std::string& pass : config.float_passes)
    if (std::find(config.passes.begin(), config.passes.end(), pass) == config.passes.end())
      throw base::UsageError("--float-passes " + pass + " needs " + pass + " among --passes");
}

}  // namespace figment::physion
