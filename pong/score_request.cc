#include "pong/score_request.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <variant>

#include "base/error.h"
#include "base/names.h"
#include "base/version.h"
#include "files/atomic.h"
#include "metrics/linear_algebra.h"
#include "pong/neural_decoding.h"
#include "pong/neural_score.h"
#include "pong/neural_similarity.h"
#include "pong/regression_maps.h"

namespace figment::pong {
namespace {

using Json = nlohmann::ordered_json;

// --- Tables from one list of columns: what is printed, kept as JSON and as CSV has the same names

using Value = std::variant<std::string, int64_t, double>;

template <class Row>
struct Column {
  std::string name;                         // in JSON and CSV
  std::string title;                        // in the printed table; empty: not shown
  std::function<Value(const Row&)> value;
};

constexpr int kDecimals = 3;

base::Cell CellOf(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* count = std::get_if<int64_t>(&value)) return base::Cell(static_cast<int>(*count));
  const double number = std::get<double>(value);
  return std::isfinite(number) ? base::Cell(number, kDecimals) : base::Cell();
}

Json JsonOf(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* count = std::get_if<int64_t>(&value)) return *count;
  const double number = std::get<double>(value);
  return std::isfinite(number) ? Json(number) : Json(nullptr);
}

std::string CsvOf(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (text->find_first_of(",\"") == std::string::npos) return *text;
    std::string quoted = "\"";
    for (const char c : *text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
  }
  if (const auto* count = std::get_if<int64_t>(&value)) return std::to_string(*count);
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.17g", std::get<double>(value));
  return std::isfinite(std::get<double>(value)) ? buffer : "";
}

template <class Row>
base::Table TableOf(const std::vector<Row>& rows, const std::vector<Column<Row>>& columns) {
  base::Table table;
  for (const auto& column : columns)
    if (!column.title.empty()) table.columns.push_back(column.title);
  for (const Row& row : rows) {
    table.rows.emplace_back();
    for (const auto& column : columns)
      if (!column.title.empty()) table.rows.back().push_back(CellOf(column.value(row)));
  }
  return table;
}

template <class Row>
Json JsonOf(const std::vector<Row>& rows, const std::vector<Column<Row>>& columns) {
  Json list = Json::array();
  for (const Row& row : rows) {
    Json object = Json::object();
    for (const auto& column : columns) object[column.name] = JsonOf(column.value(row));
    list.push_back(object);
  }
  return list;
}

template <class Row>
std::string CsvOf(const std::vector<Row>& rows, const std::vector<Column<Row>>& columns) {
  std::string text;
  for (const auto& column : columns) text += (text.empty() ? "" : ",") + column.name;
  for (const Row& row : rows) {
    text += "\n";
    for (size_t i = 0; i < columns.size(); ++i) text += (i == 0 ? "" : ",") + CsvOf(columns[i].value(row));
  }
  return text + "\n";
}

template <class Row, class Member>
Column<Row> ColumnOf(std::string name, std::string title, Member Row::*member) {
  return {std::move(name), std::move(title), [member](const Row& row) -> Value {
            if constexpr (std::is_same_v<Member, std::string>) return row.*member;
            else if constexpr (std::is_integral_v<Member>) return static_cast<int64_t>(row.*member);
            else return static_cast<double>(row.*member);
          }};
}

std::vector<Column<PopulationScore>> PopulationColumns() {
  using Row = PopulationScore;
  return {ColumnOf("epoch", "epoch", &Row::epoch),
          ColumnOf("population", "population", &Row::population),
          ColumnOf("units", "units", &Row::units),
          ColumnOf("undefined_units", "undefined", &Row::undefined_units),
          ColumnOf("rows", "", &Row::rows),
          ColumnOf("r_xy", "r_xy", &Row::r_xy),
          ColumnOf("r_xx", "", &Row::r_xx),
          ColumnOf("r_yy", "r_yy", &Row::r_yy),
          ColumnOf("ceiling_1_sqrt_r_yy", "(1)", &Row::ceiling_half),
          ColumnOf("ceiling_2_sqrt_sb_r_yy", "(2)", &Row::ceiling_sb),
          ColumnOf("ceiling_3_other_animal_r_xy", "(3)", &Row::ceiling_animal),
          ColumnOf("ceiling_3_other_animal_r_xy_n_sb", "(3) n_sb", &Row::ceiling_animal_corrected),
          ColumnOf("r_xy_n_sb", "r_xy_n_sb", &Row::corrected),
          {"low_95", "low", [](const Row& row) -> Value { return row.interval.low; }},
          {"high_95", "high", [](const Row& row) -> Value { return row.interval.high; }},
          ColumnOf("sem_over_units", "", &Row::sem),
          ColumnOf("r_xy_n_sb_of_mean_r", "of mean r", &Row::corrected_of_means),
          {"of_mean_r_low_95", "low", [](const Row& row) -> Value { return row.interval_of_means.low; }},
          {"of_mean_r_high_95", "high", [](const Row& row) -> Value { return row.interval_of_means.high; }}};
}

std::vector<Column<UnitRow>> UnitColumns(const Responses& responses, bool factors) {
  using Row = UnitRow;
  std::vector<Column<UnitRow>> columns = {ColumnOf("epoch", "", &Row::epoch),
                                          ColumnOf(factors ? "factor" : "unit", "", &Row::unit)};
  if (!factors) {
    columns.push_back({"animal", "", [&](const Row& row) -> Value {
                         const auto animal = responses.animal[static_cast<size_t>(row.unit)];
                         return responses.animals[static_cast<size_t>(animal)];
                       }});
    columns.push_back({"unit_in_file", "", [&](const Row& row) -> Value {
                         return static_cast<int64_t>(responses.unit_in_file[static_cast<size_t>(row.unit)]);
                       }});
  }
  for (auto& column : std::vector<Column<UnitRow>>{
           ColumnOf("r_xy", "", &Row::r_xy), ColumnOf("r_xx", "", &Row::r_xx), ColumnOf("r_yy", "", &Row::r_yy),
           ColumnOf("r_xy_n_sb", "", &Row::corrected),
           ColumnOf("r_xy_n_sb_of_mean_r", "", &Row::corrected_of_means),
           ColumnOf("ceiling_1_sqrt_r_yy", "", &Row::ceiling_half),
           ColumnOf("ceiling_2_sqrt_sb_r_yy", "", &Row::ceiling_sb),
           ColumnOf("ceiling_3_other_animal_r_xy", "", &Row::other_animal)})
    columns.push_back(column);
  return columns;
}

std::vector<Column<SimilarityScore>> SimilarityColumns() {
  using Row = SimilarityScore;
  return {ColumnOf("epoch", "epoch", &Row::epoch),
          ColumnOf("population", "population", &Row::population),
          ColumnOf("units", "units", &Row::units),
          ColumnOf("states", "states", &Row::states),
          ColumnOf("pairs", "pairs", &Row::pairs),
          ColumnOf("dropped_pairs", "", &Row::dropped),
          ColumnOf("r", "r", &Row::r),
          ColumnOf("r_halves", "r_halves", &Row::r_halves),
          ColumnOf("r_xy_n", "r_xy_n", &Row::r_xy_n),
          ColumnOf("r_xy_n_sb", "r_xy_n_sb", &Row::r_xy_n_sb),
          ColumnOf("partial_r", "", &Row::partial_r),
          ColumnOf("partial_r_xy_n", "partial n", &Row::partial_r_xy_n),
          ColumnOf("partial_r_xy_n_sb", "partial n_sb", &Row::partial_r_xy_n_sb)};
}

std::vector<Column<AlignmentScore>> AlignmentColumns() {
  using Row = AlignmentScore;
  return {ColumnOf("epoch", "epoch", &Row::epoch), ColumnOf("population", "population", &Row::population),
          ColumnOf("units", "units", &Row::units), ColumnOf("rows", "rows", &Row::rows),
          ColumnOf("cka_biased", "biased", &Row::biased), ColumnOf("cka_unbiased", "unbiased", &Row::unbiased)};
}

std::vector<Column<DecodingScore>> DecodingColumns() {
  using Row = DecodingScore;
  return {ColumnOf("epoch", "epoch", &Row::epoch), ColumnOf("target", "target", &Row::target),
          ColumnOf("rows", "rows", &Row::rows), ColumnOf("dropped_rows", "", &Row::dropped_rows),
          ColumnOf("r", "r", &Row::r), ColumnOf("r_sd_over_splits", "sd", &Row::r_sd),
          ColumnOf("mae_deg", "MAE deg", &Row::mae_deg), ColumnOf("mae_sd_deg", "sd", &Row::mae_sd_deg),
          ColumnOf("rmse_deg", "RMSE deg", &Row::rmse_deg)};
}

// --- Requests

void Require(bool condition, const std::string& otherwise) {
  if (!condition) throw base::UsageError(otherwise);
}

// An option that would do nothing is a mistake of whoever gave it.
void CheckScoreOptions(const ScoreRequest& r) {
  const ScoreRequest unset;
  const bool rsa = r.map == "rsa", fitted = !rsa && r.map != "cka";
  Require(!r.responses.empty(), "--responses FILE is needed");
  Require(r.oracle.empty() || !r.dt_ms, "--dt-ms is the time of a frame of --features; an oracle knows its own");
  Require(rsa || (r.grid == unset.grid && r.distance == unset.distance && r.correlation == unset.correlation),
          "--grid, --distance and --correlation go with --map rsa, not with " + r.map);
  Require(r.components >= 1, "--components " + std::to_string(r.components) + ": expected 1 or more");
  Require(r.map == "pls" || r.components == unset.components, "--components goes with --map pls, not with " + r.map);
  Require(fitted || !r.leaky_rows, "--leaky-rows has no meaning for " + r.map + ", which fits no map");
  Require(!r.leaky_rows || r.folds == unset.folds, "--leaky-rows makes five splits of its own: give no --folds");
  Require(r.folds >= 2 && r.folds <= kDmfcConditions,
          "--folds " + std::to_string(r.folds) + ": expected 2 to 79, of the 79 conditions");
  Require(r.map != "cka" || r.factors == 0, "--factors has no meaning for cka, which takes the responses as they are");
  Require(!r.factors_on_all || (rsa && r.factors > 0),
          "--factors-on-all goes with rsa and --factors, and with decode: a fitted map has its factors from the "
          "training conditions");
  Require(r.bootstrap >= 0, "--bootstrap " + std::to_string(r.bootstrap) + ": expected 0 or more resamples");
}

void CheckReliability(const ScoreRequest& r) {
  Require(r.min_reliability <= 1, "--min-reliability " + std::to_string(r.min_reliability) +
                                      ": expected a correlation, -1 to 1");
}

template <class T>
T Choice(const std::string& what, const std::string& name, const std::vector<std::pair<std::string, T>>& choices) {
  return base::FindNamed(what, name, choices).second;
}

ReductionOptions ReductionOf(const ScoreRequest& request) {
  const Reduction kind = Choice<Reduction>("reduction", request.reduction,
                                           {{"fa", Reduction::kFactorAnalysis}, {"pca", Reduction::kPca}});
  if (request.factors < 0) throw base::UsageError("--factors " + std::to_string(request.factors) + " is negative");
  return {request.factors == 0 ? Reduction::kNone : kind, request.factors};
}

Responses ResponsesOf(const ScoreRequest& request) {
  std::vector<ResponseFile> files;
  for (const std::string& text : request.responses) files.push_back(ParseResponseFile(text));
  return ReadResponses(files, {request.array, request.trials, request.min_reliability});
}

Features FeaturesOf(const ScoreRequest& request) {
  if (request.features.empty() == request.oracle.empty())
    throw base::UsageError("expected either --features FILE or --oracle position,velocity,endpoint");
  Features features =
      request.oracle.empty() ? ReadFeatures(request.features, request.dt_ms) : OracleFeatures(request.oracle);
  const bool permuted = Choice<bool>("null", request.null, {{"none", false}, {"conditions", true}});
  return permuted ? WithPermutedConditions(features, request.seed) : features;
}

Json Describe(const Features& features) {
  Json json = {{"name", features.name}, {"file", features.file}, {"sha256", features.sha256},
               {"dt_ms", features.dt_ms}, {"channels", features.array.channels}};
  if (!features.header.empty()) json["header"] = Json::parse(features.header);
  return json;
}

Json Describe(const Responses& responses, const ScoreRequest& request) {
  return {{"files", responses.files}, {"sha256", responses.sha256}, {"array", request.array},
          {"trials", request.trials}, {"units", responses.units}, {"animals", responses.animals},
          {"dropped", {{"constant", responses.dropped.constant}, {"not_finite", responses.dropped.not_finite},
                       {"below_min_reliability", responses.dropped.unreliable}}},
          {"min_reliability", request.min_reliability > -1 ? Json(request.min_reliability) : Json(nullptr)},
          {"halves", "one fixed pair, as in the file"}, {"notes", responses.notes}};
}

Json Head(const std::string& what) {
  return {{"what", what}, {"figment", base::kVersion}, {"linear_algebra", metrics::LinearAlgebraName()}};
}

void AddDataNotes(const Responses& responses, base::Table* table) {
  const DroppedUnits& dropped = responses.dropped;
  table->notes.push_back(std::to_string(responses.units) + " units; dropped: " + std::to_string(dropped.constant) +
                         " constant, " + std::to_string(dropped.not_finite) + " with missing bins, " +
                         std::to_string(dropped.unreliable) + " below the reliability asked for");
  table->notes.insert(table->notes.end(), responses.notes.begin(), responses.notes.end());
}

ScoreReport ReportFits(const ScoreRequest& request, const Features& features, const Responses& responses) {
  NeuralScoreOptions options{.fit = {request.map, request.components, ReductionOf(request)},
                             .epochs = ParseEpochs(request.epoch), .folds = request.folds,
                             .leaky_rows = request.leaky_rows, .bootstrap = request.bootstrap, .seed = request.seed,
                             .other_animal = request.other_animal};
  NeuralScore score = ScoreNeurons(features, responses, options);
  if (request.map == "pls" && request.components > features.array.channels)
    score.notes.push_back("pls: " + std::to_string(features.array.channels) +
                          " components, as many as the features have channels, not " +
                          std::to_string(request.components));
  ScoreReport report;
  report.json = Head("neural predictivity");
  report.json["features"] = Describe(features);
  report.json["responses"] = Describe(responses, request);
  report.json["settings"] = {{"map", request.map}, {"map_is", FindRegressionMap(request.map).what},
                             {"pls_components", request.map == "pls" ? Json(request.components) : Json(nullptr)},
                             {"folds", request.leaky_rows ? 5 : request.folds},
                             {"folds_are", request.leaky_rows ? "LEAKY: shuffled rows, 80 % train, NumPy seeds 0-4"
                                                              : "whole conditions"},
                             {"factors", request.factors}, {"reduction", request.factors ? request.reduction : "none"},
                             {"null", request.null}, {"bootstrap", request.bootstrap}, {"seed", request.seed}};
  report.json["aggregation"] = "r_xy_n_sb: per split, mean over splits, median over units; r_xy_n_sb_of_mean_r: r "
                               "averaged over splits first; ceilings: of mean r_yy over splits, median over units";
  Json ids = Json::object();
  for (size_t i = 0; i < options.epochs.size(); ++i) ids[NameOf(options.epochs[i])] = score.split_ids[i];
  report.json["split_ids"] = ids;
  report.json["notes"] = score.notes;
  report.json["scores"] = JsonOf(score.populations, PopulationColumns());

  report.table = TableOf(score.populations, PopulationColumns());
  report.table.title =
      features.name + ", " + request.map + (request.leaky_rows ? ", LEAKY ROWS" : ", folds by condition");
  AddDataNotes(responses, &report.table);
  report.table.notes.insert(report.table.notes.end(), score.notes.begin(), score.notes.end());
  for (const char* note : {"r_xy_n_sb = r_xy / sqrt(SB(r_xx) SB(r_yy)) per split, mean over splits, median over units",
                           "ceilings: (1) sqrt r_yy, (2) sqrt SB(r_yy), (3) other animals' units, same map and folds"})
    report.table.notes.push_back(note);
  report.scores_csv = CsvOf(score.populations, PopulationColumns());
  report.units_csv = CsvOf(score.units, UnitColumns(responses, request.factors > 0));
  return report;
}

ScoreReport ReportSimilarity(const ScoreRequest& request, const Features& features, const Responses& responses) {
  const ReductionOptions reduction = ReductionOf(request);
  SimilarityOptions options{.epochs = ParseEpochs(request.epoch), .reduction = reduction.reduction,
                            .factors = reduction.factors, .factors_on_all = request.factors_on_all,
                            .folds = request.folds, .seed = request.seed};
  options.grid = Choice<StateGrid>("grid", request.grid, {{"frames", StateGrid::kFrames}, {"bins", StateGrid::kBins}});
  options.dissimilarity =
      Choice<Dissimilarity>("distance", request.distance,
                            {{"euclidean", Dissimilarity::kEuclidean}, {"correlation", Dissimilarity::kCorrelation}});
  options.correlation = Choice<metrics::CorrelationKind>(
      "correlation", request.correlation,
      {{"pearson", metrics::CorrelationKind::kPearson}, {"spearman", metrics::CorrelationKind::kSpearman}});
  const std::vector<SimilarityScore> scores = ScoreSimilarity(features, responses, options);
  ScoreReport report;
  report.json = Head("representational similarity");
  report.json["features"] = Describe(features);
  report.json["responses"] = Describe(responses, request);
  report.json["settings"] = {{"grid", request.grid}, {"distance", request.distance},
                             {"correlation", request.correlation}, {"factors", request.factors},
                             {"reduction", request.factors ? request.reduction : "none"},
                             {"factors_fitted_on", request.factors == 0        ? "none"
                                                   : request.factors_on_all ? "all conditions, as published"
                                                                            : "training conditions of each fold"},
                             {"seed", request.seed}};
  report.json["scores"] = JsonOf(scores, SimilarityColumns());
  report.table = TableOf(scores, SimilarityColumns());
  report.table.title = features.name + ", representational similarity";
  AddDataNotes(responses, &report.table);
  report.table.notes.push_back("r_xy_n: mean r with either half / sqrt(r_halves); r_xy_n_sb: r / sqrt(SB(r_halves)); "
                               "partial: without the distances of the ball's positions");
  report.scores_csv = CsvOf(scores, SimilarityColumns());
  return report;
}

ScoreReport ReportAlignment(const ScoreRequest& request, const Features& features, const Responses& responses) {
  const std::vector<AlignmentScore> scores = ScoreAlignment(features, responses, ParseEpochs(request.epoch));
  ScoreReport report;
  report.json = Head("linear centred kernel alignment");
  report.json["features"] = Describe(features);
  report.json["responses"] = Describe(responses, request);
  report.json["scores"] = JsonOf(scores, AlignmentColumns());
  report.table = TableOf(scores, AlignmentColumns());
  report.table.title = features.name + ", linear CKA (not corrected for noise)";
  AddDataNotes(responses, &report.table);
  report.scores_csv = CsvOf(scores, AlignmentColumns());
  return report;
}

}  // namespace

ScoreReport RunScore(const ScoreRequest& request) {
  if (request.map != "rsa" && request.map != "cka") FindRegressionMap(request.map);
  ParseEpochs(request.epoch);
  CheckScoreOptions(request);
  CheckReliability(request);
  const Features features = FeaturesOf(request);
  const Responses responses = ResponsesOf(request);
  if (request.map == "rsa") return ReportSimilarity(request, features, responses);
  if (request.map == "cka") return ReportAlignment(request, features, responses);
  return ReportFits(request, features, responses);
}

ScoreReport RunDecode(const ScoreRequest& request) {
  const bool from_neurons = request.features.empty() && request.oracle.empty();
  Require(from_neurons || request.responses.empty(),
          "decode reads either from neurons (--responses) or from features (--features, --oracle), not from both");
  Require(!from_neurons || !request.responses.empty(), "--responses FILE, --features FILE or --oracle is needed");
  Require(request.oracle.empty() || !request.dt_ms,
          "--dt-ms is the time of a frame of --features; an oracle knows its own");
  CheckReliability(request);
  const ReductionOptions reduction = ReductionOf(request);
  const DecodingOptions options{.epochs = ParseEpochs(request.epoch), .splits = request.splits,
                                .lag_bins = request.lag_bins, .reduction = reduction.reduction,
                                .factors = reduction.factors, .factors_on_all = request.factors_on_all};
  ScoreReport report;
  report.json = Head("decoding of the ball's state");
  std::vector<DecodingScore> scores;
  bool reduced = false;
  if (from_neurons) {
    const Responses responses = ResponsesOf(request);
    reduced = request.factors > 0 && responses.units > request.factors;
    report.json["responses"] = Describe(responses, request);
    scores = DecodeFromNeurons(responses, options);
    report.table = TableOf(scores, DecodingColumns());
    report.table.title = "the ball's state from neurons";
    AddDataNotes(responses, &report.table);
  } else {
    const Features features = FeaturesOf(request);
    report.json["features"] = Describe(features);
    scores = DecodeFromFeatures(features, PublishedMasks(), options);
    report.table = TableOf(scores, DecodingColumns());
    report.table.title = "the ball's state from " + features.name;
  }
  report.json["settings"] = {{"map", "ols"}, {"splits", request.splits}, {"split_seed", 0},
                             {"test_conditions", 40}, {"lag_bins", request.lag_bins},
                             {"factors", reduced ? request.factors : 0},
                             {"reduction", reduced ? request.reduction : "none"},
                             {"factors_fitted_on", !reduced                 ? "none"
                                                   : request.factors_on_all ? "all conditions, as published"
                                                                            : "training conditions of each split"}};
  report.json["scores"] = JsonOf(scores, DecodingColumns());
  report.table.notes.push_back("least squares, conditions split 39/40, " + std::to_string(request.splits) +
                               " splits; velocities in degrees a frame of 1/24 s");
  report.scores_csv = CsvOf(scores, DecodingColumns());
  return report;
}

void CheckNoReport(const std::string& folder) {
  const std::filesystem::path path = folder;
  if (std::filesystem::exists(path) && !std::filesystem::is_directory(path))
    throw base::Error(folder + " is no folder: give another --out");
  for (const char* name : {"score.json", "scores.csv", "units.csv"})
    if (std::filesystem::exists(path / name))
      throw base::Error((path / name).string() + " is there already: give another --out, or remove it");
}

void WriteReport(const ScoreReport& report, const std::string& folder) {
  CheckNoReport(folder);
  const std::filesystem::path path = folder;
  std::filesystem::create_directories(path);
  files::WriteFileAtomically(path / "scores.csv", report.scores_csv);
  if (!report.units_csv.empty()) files::WriteFileAtomically(path / "units.csv", report.units_csv);
  files::WriteFileAtomically(path / "score.json", report.json.dump(1) + "\n");
}

}  // namespace figment::pong
