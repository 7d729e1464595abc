#include "pong/model_scores.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "base/error.h"
#include "base/hash.h"
#include "base/version.h"
#include "files/array_file.h"
#include "pong/geometry.h"

namespace figment::pong {
namespace {

using base::Cell;

FrameArray ReadFrameArray(const files::ArrayFile& file, const std::string& name, size_t conditions,
                          const std::string& source) {
  files::Array<float> array = file.ReadFloats(name);
  if (array.shape.size() != 3 || array.shape[0] != static_cast<int64_t>(conditions) || array.shape[1] == 0 ||
      array.shape[2] == 0)
    throw base::Error(source + ": '" + name + "' has shape " + files::ShapeText(array.shape) + ", expected (" +
                      std::to_string(conditions) + ", frames, channels)");
  return {static_cast<int>(conditions), static_cast<int>(array.shape[1]), static_cast<int>(array.shape[2]),
          std::move(array.values)};
}

std::vector<Condition> ReadConditions(const files::ArrayFile& file, std::span<const Condition> trial_set,
                                      const std::string& source) {
  if (!file.Has("condition_index"))
    throw base::Error(source + " has no 'condition_index': the meta index of each condition");
  std::vector<Condition> conditions;
  std::set<int> seen;
  for (const double value : file.ReadDoubles("condition_index").values) {
    if (!(value >= 0) || value >= static_cast<double>(trial_set.size()) || value != std::floor(value))
      throw base::Error(source + ": condition_index " + std::to_string(value) + " is not from 0 to " +
                        std::to_string(trial_set.size() - 1));
    const int index = static_cast<int>(value);
    if (!seen.insert(index).second)
      throw base::Error(source + ": condition " + std::to_string(index) + " occurs twice in 'condition_index'");
    conditions.push_back(trial_set[static_cast<size_t>(index)]);
  }
  if (conditions.empty()) throw base::Error(source + ": 'condition_index' is empty");
  return conditions;
}

// Fills in name and group, and checks the frame rate.
void ReadHeader(const files::ArrayFile& file, const std::string& source, ModelFile* model) {
  model->group = model->name;
  if (!file.Has("header")) return;
  const auto header = nlohmann::json::parse(file.ReadTexts("header").at(0), nullptr, false);
  if (!header.is_object()) throw base::Error(source + ": its header is not a JSON object");
  if (header.contains("family") && header["family"].is_string()) model->group = header["family"];
  if (header.contains("dt_ms") && header["dt_ms"].is_number()) {
    const double dt_ms = header["dt_ms"], expected = 1000 / kBallRate_hz;
    if (std::abs(dt_ms - expected) > 1e-2)
      throw base::Error(source + ": frames of " + std::to_string(dt_ms) + " ms; behaviour is scored at 24 Hz (" +
                        std::to_string(expected) + " ms)");
  }
}

}  // namespace

ModelFile ReadModelFile(const std::filesystem::path& path, std::span<const Condition> trial_set) {
  const auto file = files::OpenArrays(path);
  const std::string source = path.string();
  ModelFile model{.name = path.stem().string()};
  model.conditions = ReadConditions(*file, trial_set, source);
  ReadHeader(*file, source, &model);
  const auto read = [&](const std::string& name) {
    return ReadFrameArray(*file, name, model.conditions.size(), source);
  };
  if (file->Has("outputs")) {
    model.outputs = read("outputs");
    if (model.outputs->channels <= kPaddleChannel)
      throw base::Error(source + ": 'outputs' has " + std::to_string(model.outputs->channels) +
                        " channels; channel 6 must be the paddle");
  }
  model.h = read(file->Has("h") ? "h" : "features");
  model.state = file->Has("state") ? read("state") : model.h;
  model.sha256 = base::Sha256OfFile(path);
  return model;
}

Subject AnswersOf(const ModelFile& model) {
  if (!model.outputs) throw base::Error("'" + model.name + "' has no 'outputs' and so answers nothing");
  Subject subject{.name = model.name};
  for (size_t c = 0; c < model.conditions.size(); ++c) {
    const Condition& condition = model.conditions[c];
    if (condition.t_end >= model.outputs->frames)
      throw base::Error("'" + model.name + "': outputs end at frame " + std::to_string(model.outputs->frames - 1) +
                        ", condition " + std::to_string(condition.index) + " at " + std::to_string(condition.t_end));
    const double paddle = model.outputs->At(static_cast<int>(c), condition.t_end)[kPaddleChannel];
    if (!std::isfinite(paddle))
      throw base::Error("'" + model.name + "': the paddle output of condition " + std::to_string(condition.index) +
                        " is not finite at its end (frame " + std::to_string(condition.t_end) + ")");
    subject.answers.push_back({condition.index, paddle, condition.y_f});
  }
  return subject;
}

ModelScore ScoreModel(const ModelFile& model, std::span<const Subject> subjects, const ModelScoreOptions& options) {
  ModelScore score{.name = model.name, .group = model.group, .file_sha256 = model.sha256,
                   .conditions = static_cast<int>(model.conditions.size())};
  score.simulation = DecodeBall(model.h, model.conditions);
  score.simulation_shuffled = DecodeBall(model.h, model.conditions, {.shuffled = true, .seed = options.seed});
  score.simulation_from_visible = DecodeBall(model.h, model.conditions, {.train = Epoch::kVisible});
  score.simulation_from_occluded = DecodeBall(model.h, model.conditions, {.train = Epoch::kOccluded});
  score.geometry = MeasureGeometry(model.state, model.conditions, Epoch::kWhole);
  score.course = DecodeEndpoint(model.h, model.conditions, 10, 0, options.seed);
  if (options.velocity) {
    score.velocity_visible =
        DecodeVelocity(model.state, model.conditions, {.epoch = Epoch::kVisible, .seed = options.seed});
    score.velocity_occluded =
        DecodeVelocity(model.state, model.conditions, {.epoch = Epoch::kOccluded, .seed = options.seed});
  }
  if (!model.outputs) return score;
  const Subject answers = AnswersOf(model);
  score.endpoint = ScoreEndpoint(answers, options.seed);
  for (const Subject& subject : subjects)
    score.consistency.push_back(CompareErrors(answers, subject, {.kind = options.kind, .seed = options.seed}));
  return score;
}

namespace {

// A column of the tables: a number of each model, or NaN.
struct Column {
  std::string title;
  int digits;
  std::function<double(const ModelScore&)> value;
};

std::vector<Column> Columns(std::span<const Subject> subjects) {
  const double nan = std::nan("");
  std::vector<Column> columns = {
      {"endpoint MAE deg", 3, [=](const ModelScore& s) { return s.endpoint ? s.endpoint->mae_deg : nan; }},
      {"bias deg", 3, [=](const ModelScore& s) { return s.endpoint ? s.endpoint->bias_deg : nan; }},
      {"simulation index", 3, [](const ModelScore& s) { return s.simulation.mae; }},
      {"in deg", 3, [](const ModelScore& s) { return s.simulation.mae_deg; }},
      {"r occluded", 3, [](const ModelScore& s) { return s.simulation.r; }},
      {"from visible deg", 3, [](const ModelScore& s) { return s.simulation_from_visible.mae_deg; }},
      {"from occluded deg", 3, [](const ModelScore& s) { return s.simulation_from_occluded.mae_deg; }},
  };
  for (size_t i = 0; i < subjects.size(); ++i)
    columns.push_back({"consistency " + subjects[i].name, 3, [=](const ModelScore& s) {
                         return i < s.consistency.size() ? s.consistency[i].pearson : nan;
                       }});
  columns.insert(columns.end(), {
      {"dimensions", 2, [](const ModelScore& s) { return s.geometry.participation_ratio; }},
      {"speed", 3, [](const ModelScore& s) { return s.geometry.relative_speed; }},
      {"curvature", 3, [](const ModelScore& s) { return s.geometry.relative_curvature; }},
      {"velocity R2 visible", 3,
       [=](const ModelScore& s) { return s.velocity_visible ? s.velocity_visible->r2 : nan; }},
      {"occluded", 3, [=](const ModelScore& s) { return s.velocity_occluded ? s.velocity_occluded->r2 : nan; }},
  });
  return columns;
}

Cell CellOf(double value, int digits) { return std::isfinite(value) ? Cell(value, digits) : Cell(); }

std::string Fixed(double value, int digits) { return Cell(value, digits).Text(); }

std::vector<std::string> Notes(std::span<const Subject> subjects) {
  std::vector<std::string> notes = {
      "simulation index: mean absolute error, in units of the 32 x 32 frame, of the ball's position behind the "
      "occluder decoded from the state; lower = more simulation"};
  if (!subjects.empty())
    notes.push_back(
        "consistency: of the error pattern with the subject's, noise-corrected across halves, no Spearman-Brown");
  return notes;
}

}  // namespace

std::vector<std::string> GroupsOf(std::span<const ModelScore> scores) {
  std::vector<std::string> groups;
  for (const ModelScore& score : scores)
    if (std::find(groups.begin(), groups.end(), score.group) == groups.end()) groups.push_back(score.group);
  return groups;
}

namespace {

// A subject's own numbers, and its error pattern beside every subject's; nothing where too few conditions are shared.
struct SubjectScore {
  EndpointScore endpoint;
  std::vector<std::optional<Consistency>> with;
};

std::vector<SubjectScore> ScoreSubjects(std::span<const Subject> subjects, const ModelScoreOptions& options) {
  constexpr size_t kFewestShared = 5;
  std::vector<SubjectScore> scores;
  for (const Subject& a : subjects) {
    SubjectScore score{.endpoint = ScoreEndpoint(a, options.seed)};
    for (const Subject& b : subjects)
      score.with.push_back(SharedConditions(a, b).size() < kFewestShared
                               ? std::nullopt
                               : std::optional(CompareErrors(a, b, {.kind = options.kind, .seed = options.seed})));
    scores.push_back(std::move(score));
  }
  return scores;
}

}  // namespace

base::Table SubjectTable(std::span<const Subject> subjects, const ModelScoreOptions& options) {
  base::Table table{
      .title = "Subjects",
      .columns = {"subject", "trials", "conditions", "MAE deg", "bias deg", "shuffled MAE"},
      .notes = {"with ...: noise-corrected consistency; with itself: split-half reliability of the error pattern"}};
  for (const Subject& subject : subjects) table.columns.push_back("with " + subject.name);
  const std::vector<SubjectScore> scores = ScoreSubjects(subjects, options);
  for (size_t a = 0; a < subjects.size(); ++a) {
    const EndpointScore& score = scores[a].endpoint;
    std::vector<Cell> row = {subjects[a].name, score.trials, score.conditions, Cell(score.mae_deg, 3),
                             Cell(score.bias_deg, 3), Cell(score.shuffled_mae_deg, 3)};
    for (size_t b = 0; b < subjects.size(); ++b) {
      const std::optional<Consistency>& with = scores[a].with[b];
      row.push_back(with ? CellOf(a == b ? with->reliability_a : with->pearson, 3) : Cell());
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

base::Table ScoreTable(std::span<const ModelScore> scores, std::span<const Subject> subjects) {
  const std::vector<Column> columns = Columns(subjects);
  base::Table table{.title = "Models", .columns = {"model", "group", "conditions"}, .notes = Notes(subjects)};
  for (const Column& column : columns) {
    table.columns.push_back(column.title);
    if (column.title.rfind("consistency", 0) == 0) table.columns.push_back("95 %");
  }
  for (const ModelScore& score : scores) {
    std::vector<Cell> row = {score.name, score.group, score.conditions};
    size_t subject = 0;
    for (const Column& column : columns) {
      row.push_back(CellOf(column.value(score), column.digits));
      if (column.title.rfind("consistency", 0) != 0) continue;
      const size_t i = subject++;
      if (i < score.consistency.size())
        row.push_back(Fixed(score.consistency[i].interval.low, 2) + " to " +
                      Fixed(score.consistency[i].interval.high, 2));
      else row.push_back(Cell());
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

base::Table GroupTable(std::span<const ModelScore> scores, std::span<const Subject> subjects) {
  std::map<std::string, std::vector<const ModelScore*>> members;
  for (const ModelScore& score : scores) members[score.group].push_back(&score);
  base::Table table{.title = "Groups: mean over models (standard deviation)", .columns = {"group", "models"}};
  const std::vector<Column> columns = Columns(subjects);
  for (const Column& column : columns) table.columns.push_back(column.title);
  for (const std::string& group : GroupsOf(scores)) {
    std::vector<Cell> row = {group, static_cast<int>(members[group].size())};
    for (const Column& column : columns) {
      double sum = 0, squares = 0;
      int n = 0;
      for (const ModelScore* score : members[group])
        if (const double value = column.value(*score); std::isfinite(value))
          sum += value, squares += value * value, ++n;
      if (n == 0) {
        row.push_back(Cell());
        continue;
      }
      const double mean = sum / n, variance = n > 1 ? std::max(0.0, (squares - n * mean * mean) / (n - 1)) : 0;
      row.push_back(Fixed(mean, column.digits) + (n > 1 ? " (" + Fixed(std::sqrt(variance), column.digits) + ")" : ""));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

namespace {

nlohmann::ordered_json JsonOf(const BallDecoding& decoding) {
  return {{"mae", decoding.mae}, {"mae_deg", decoding.mae_deg}, {"rmse_deg", decoding.rmse_deg}, {"r", decoding.r},
          {"nse", decoding.nse}, {"frames", decoding.frames}};
}

nlohmann::ordered_json JsonOf(const EndpointScore& score) {
  return {{"mae_deg", score.mae_deg}, {"bias_deg", score.bias_deg}, {"rmse_deg", score.rmse_deg}, {"r", score.r},
          {"shuffled_mae_deg", score.shuffled_mae_deg}};
}

nlohmann::ordered_json JsonOf(const Consistency& c) {
  return {{"conditions", c.conditions}, {"pearson", c.pearson}, {"pearson_sd", c.pearson_sd},
          {"low", c.interval.low}, {"high", c.interval.high}, {"spearman", c.spearman}, {"spearman_sd", c.spearman_sd},
          {"pearson_spearman_brown", c.pearson_sb}, {"nse", c.nse}, {"raw_pearson", c.raw_pearson},
          {"reliability_self", c.reliability_a}, {"reliability_other", c.reliability_b}};
}

nlohmann::ordered_json JsonOf(const ModelScore& score, std::span<const Subject> subjects) {
  nlohmann::ordered_json json = {{"model", score.name}, {"group", score.group}, {"file_sha256", score.file_sha256},
                                 {"conditions", score.conditions}};
  if (score.endpoint) json["endpoint"] = JsonOf(*score.endpoint);
  json["simulation_index"] = {{"contiguous_folds", JsonOf(score.simulation)},
                              {"shuffled_folds", JsonOf(score.simulation_shuffled)},
                              {"fitted_on_visible", JsonOf(score.simulation_from_visible)},
                              {"fitted_on_occluded", JsonOf(score.simulation_from_occluded)}};
  json["geometry"] = {{"participation_ratio", score.geometry.participation_ratio},
                      {"relative_speed", score.geometry.relative_speed},
                      {"relative_curvature", score.geometry.relative_curvature}};
  const auto velocity = [&](const char* name, const std::optional<VelocityDecoding>& decoding) {
    if (decoding) json["velocity"][name] = {{"r2", decoding->r2}, {"regions", decoding->regions}};
  };
  velocity("visible", score.velocity_visible);
  velocity("occluded", score.velocity_occluded);
  json["endpoint_course"] = {{"time_s", score.course.time_s}, {"mae_deg", score.course.mae_deg}, {"r", score.course.r},
                             {"conditions", score.course.conditions}};
  for (size_t i = 0; i < score.consistency.size(); ++i)
    json["consistency"][subjects[i].name] = JsonOf(score.consistency[i]);
  return json;
}

nlohmann::ordered_json JsonOf(std::span<const Subject> subjects, const ModelScoreOptions& options) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  const std::vector<SubjectScore> scores = ScoreSubjects(subjects, options);
  for (size_t a = 0; a < subjects.size(); ++a) {
    const EndpointScore& endpoint = scores[a].endpoint;
    nlohmann::ordered_json one = {{"subject", subjects[a].name}, {"file_sha256", subjects[a].file_sha256},
                                  {"trials", endpoint.trials}, {"conditions", endpoint.conditions},
                                  {"endpoint", JsonOf(endpoint)}};
    for (size_t b = 0; b < subjects.size(); ++b)
      if (const auto& with = scores[a].with[b]) {
        if (a == b) one["reliability"] = with->reliability_a;
        else one["consistency"][subjects[b].name] = JsonOf(*with);
      }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

nlohmann::ordered_json ToJson(std::span<const ModelScore> scores, std::span<const Subject> subjects,
                              const ModelScoreOptions& options) {
  nlohmann::ordered_json json = {{"figment", base::kVersion}, {"seed", options.seed}};
  for (const auto& [name, kind] : ErrorKinds())
    if (kind == options.kind) json["error_pattern"] = name;
  json["subjects"] = JsonOf(subjects, options);
  json["models"] = nlohmann::ordered_json::array();
  for (const ModelScore& score : scores) json["models"].push_back(JsonOf(score, subjects));
  return json;
}

}  // namespace figment::pong
