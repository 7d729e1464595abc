#include <gtest/gtest.h>
#include <torch/torch.h>

#include <fstream>
#include <set>

#include "agents/trainer.h"
#include "base/error.h"
#include "files/atomic.h"
#include "files/hdf5.h"
#include "files/lock_file.h"
#include "files/manifest.h"
#include "pong/model_features.h"
#include "pong/train.h"
#include "tests/files/scratch.h"

namespace figment::pong {
namespace {

using files::ErrorOf;
using files::ScratchFolder;

// --- Losses by hand.

// Two frames, one trial; outputs differ from the targets by known amounts.
TEST(Loss, SquaredErrorsByHand) {
  TrialBatch batch;
  batch.target = at::zeros({2, 1, kChannels}), batch.weight = at::zeros({2, 1, kChannels});
  at::Tensor outputs = at::full({2, 1, kChannels}, 7.0);
  batch.target[0][0][0] = 5, batch.weight[0][0][0] = 0.25;  // (7 - 5)^2 / 4
  batch.target[1][0][6] = 10, batch.weight[1][0][6] = 0.5;  // (7 - 10)^2 / 2
  EXPECT_FLOAT_EQ(SquaredErrors(outputs, batch).item<float>(), 1 + 4.5);
}

// The published formula, written out: mean over trials and channels of the mean over 90 frames of m (y^ - y)^2.
TEST(Loss, OfABatchEqualsThePublishedFormula) {
  const std::vector<int> indices = {29337, 59920};
  const auto input = MakeFrameInput(FitInput({.kind = InputKind::kPixelDownsampled}, {}, {}));
  const Family& family = FamilyNamed("vis-mov");
  const TrialBatch batch = MakeBatch(TrialSet(), indices, *input, {.family = &family});
  const at::Tensor outputs = at::full({batch.inputs.steps, 2, kChannels}, 3.0);
  double expected = 0;
  for (const int index : indices) {
    const Condition& c = TrialSet()[index];
    const Track track = MakeTrack(c);
    double sum = 0;
    for (int t = 0; t < c.t_occ; ++t) sum += std::pow(3 - track.x[t], 2) + std::pow(3 - track.y[t], 2);
    sum += std::pow(3 + 16 - 16.0, 2) + std::pow(3 - c.y_f, 2);  // frame 0 has 16 added
    expected += sum / 3 / 90;
  }
  EXPECT_NEAR(SquaredErrors(outputs, batch).item<double>(), expected / (8 * 2), 1e-5 * expected);
}

TEST(Loss, PenaltiesByHand) {
  const at::Tensor initial = at::tensor(std::vector<float>{1, -2}), weights = at::tensor(std::vector<float>{3, -4}).set_requires_grad(true);
  const auto value = [&](PenaltyKind kind, PenaltyMode mode) {
    return Penalty({.penalty = kind, .mode = mode, .penalty_weight = 0.1}, weights, initial);
  };
  EXPECT_FLOAT_EQ(value(PenaltyKind::kL1, PenaltyMode::kActive).item<float>(), 0.7f);
  EXPECT_FLOAT_EQ(value(PenaltyKind::kL2, PenaltyMode::kActive).item<float>(), 0.1f * 12.5f);
  EXPECT_FLOAT_EQ(value(PenaltyKind::kL1, PenaltyMode::kConstant).item<float>(), 0.3f);
  EXPECT_FLOAT_EQ(value(PenaltyKind::kL2, PenaltyMode::kConstant).item<float>(), 0.25f);
  EXPECT_TRUE(value(PenaltyKind::kL1, PenaltyMode::kActive).requires_grad());
  EXPECT_FALSE(value(PenaltyKind::kL1, PenaltyMode::kConstant).requires_grad());
}

TEST(Loss, DynamicsByHand) {
  const at::Tensor h = at::tensor(std::vector<float>{3, 3, 7}).reshape({3, 1, 1});  // |H|^2 = 67, dH = 0, 4
  const LossOptions options{.activity = 2, .change = 3, .relative_change = 5};
  EXPECT_NEAR(DynamicsPenalty(options, h).item<double>(), 2 * std::sqrt(67) + 3 * 4 + 5 * 4 / std::sqrt(67), 1e-5);
}

TEST(Endpoint, ErrorsAreInDegrees) {
  std::vector<Condition> conditions = {TrialSet()[29337], TrialSet()[59920]};
  FrameArray outputs{2, kPaddedFrames, kChannels, std::vector<float>(2 * kPaddedFrames * kChannels, NAN)};
  const double errors[] = {1.6, -3.2};  // units
  for (int c = 0; c < 2; ++c)
    outputs.values[(c * kPaddedFrames + conditions[c].t_end) * kChannels + kPaddleChannel] = static_cast<float>(conditions[c].y_f + errors[c]);
  const Endpoint endpoint = EndpointOf(outputs, conditions);
  EXPECT_NEAR(endpoint.mae_deg, 1.5, 1e-5);
  EXPECT_NEAR(endpoint.rmse_deg, std::sqrt(2.5), 1e-5);
}

// --- Whole runs, small.

TrainConfig Small(const std::string& cell = "lstm") {
  TrainConfig config;
  ApplyPreset("quick", &config);
  config.time_mean = TimeMean::kSupervised;
  config.cell = cell, config.units = 6, config.family = "sim-mov";
  config.input.components = 10, config.input.fit_conditions = 20;
  config.train_conditions = 256, config.batch_size = 64;
  config.cosine = false, config.rate = 0.02;
  config.passes = 4;
  return config;
}

const RunConfig kRun{.threads = 1};

TEST(TrainNetwork, EveryCellLowersTheLoss) {
  for (const agents::CellLayout& layout : agents::CellLayouts()) {
    const ScratchFolder folder;
    TrainNetwork(Small(layout.name), kRun, folder.path(), Resume::kIfThere, true);
    const auto lines = files::ReadJsonLines(folder / "log.jsonl").lines;
    ASSERT_EQ(lines.size(), 4u);
    EXPECT_LT(lines.back()["loss"].get<double>(), 0.8 * lines.front()["loss"].get<double>()) << layout.name;
  }
}

TEST(TrainNetwork, GoesOnBitForBit) {
  const ScratchFolder whole, parts;
  TrainNetwork(Small(), kRun, whole.path(), Resume::kIfThere, true);
  TrainConfig shorter = Small();
  shorter.passes = 2;
  TrainNetwork(shorter, kRun, parts.path(), Resume::kIfThere, true);
  TrainNetwork(Small(), kRun, parts.path(), Resume::kRequired, true);
  const TrainedNetwork a = LoadNetwork(whole.path()), b = LoadNetwork(parts.path());
  const auto of_a = Parameters(a.network), of_b = Parameters(b.network);
  for (size_t i = 0; i < of_a.size(); ++i) EXPECT_TRUE(at::equal(of_a[i].tensor, of_b[i].tensor)) << of_a[i].name;
}

TEST(TrainNetwork, Refusals) {
  const ScratchFolder folder;
  EXPECT_NE(ErrorOf([&] { TrainNetwork(Small(), kRun, folder / "none", Resume::kRequired, true); }).find("nothing to go on from"),
            std::string::npos);
  TrainConfig one = Small();
  one.passes = 1;
  TrainNetwork(one, kRun, folder / "run", Resume::kIfThere, true);
  TrainConfig other = one;
  other.family = "mov", other.units = 7;
  const std::string error = ErrorOf([&] { TrainNetwork(other, kRun, folder / "run", Resume::kIfThere, true); });
  EXPECT_NE(error.find("family is sim-mov there and mov here; units is 6 there and 7 here"), std::string::npos) << error;
  TrainConfig penalty = one;
  penalty.loss.penalty = PenaltyKind::kL1;
  EXPECT_NE(ErrorOf([&] { TrainNetwork(penalty, kRun, folder / "run", Resume::kIfThere, true); }).find("penalty_weight"),
            std::string::npos);
  EXPECT_NE(ErrorOf([&] { LoadNetwork(folder / "nowhere"); }).find("nowhere"), std::string::npos);
  EXPECT_NE(ErrorOf([] { TrainConfig c; ApplyPreset("quik", &c); }).find("did you mean 'quick'"), std::string::npos);
}

TEST(TrainNetwork, TouchesNoFolderOfOthers) {
  const ScratchFolder folder;
  files::WriteFileAtomically(folder / "config.yaml", std::string_view("mine"));
  files::WriteFileAtomically(folder / "data.hdf5", std::string_view("mine"));
  TrainConfig one = Small();
  one.passes = 1;
  EXPECT_NE(ErrorOf([&] { TrainNetwork(one, kRun, folder.path(), Resume::kIfThere, true); }).find("holds 'data.hdf5'"),
            std::string::npos);
  EXPECT_EQ(files::ReadFile(folder / "config.yaml"), "mine");
  std::filesystem::create_directory(folder / "run");
  const files::LockFile other(folder / "run" / ".lock", "tests");
  EXPECT_NE(ErrorOf([&] { TrainNetwork(one, kRun, folder / "run", Resume::kIfThere, true); }).find("another process trains in"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder / "run" / "config.yaml"));
}

// What counts is the checkpoint: a run that was killed after its last line of the log is not finished.
TEST(TrainNetwork, StateOfRunIsThatOfItsCheckpoint) {
  const ScratchFolder folder;
  TrainConfig config = Small();
  config.passes = 1;
  EXPECT_EQ(StateOfRun(config, folder / "run").passes, 0);
  TrainNetwork(config, kRun, folder / "run", Resume::kIfThere, true);
  EXPECT_TRUE(StateOfRun(config, folder / "run").finished);
  files::AppendLine(folder / "run" / "log.jsonl", {{"pass", 2}, {"loss", 1}});
  config.passes = 2;
  EXPECT_FALSE(StateOfRun(config, folder / "run").finished);
  EXPECT_EQ(StateOfRun(config, folder / "run").passes, 1);
  config.units = 5;
  EXPECT_NE(ErrorOf([&] { StateOfRun(config, folder / "run"); }).find("units is 6 there and 5 here"), std::string::npos);
}

TEST(ModelFeatures, FileHoldsStatesOutputsAndHeader) {
  const ScratchFolder folder;
  TrainConfig config = Small();
  config.passes = 1;
  TrainNetwork(config, kRun, folder / "run", Resume::kIfThere, true);
  FeatureRequest request;
  request.checkpoint = folder / "run";
  request.selection.indices = {59920, 29337};
  request.layer = "state";
  request.out = folder / "f.h5";
  EXPECT_EQ(WriteModelFeatures(request), 2);
  const files::Hdf5Reader file(folder / "f.h5");
  EXPECT_EQ(file.Shape("features"), (files::Hdf5Shape{2, 90, 12}));
  EXPECT_EQ(file.Shape("outputs"), (files::Hdf5Shape{2, 90, 8}));
  EXPECT_EQ(file.Read<int32_t>("condition_index"), (std::vector<int32_t>{59920, 29337}));
  const auto state = file.Read<float>("features"), h = file.Read<float>("h");
  // [c, h], up to t_end = 53.
  for (int u = 0; u < 6; ++u) EXPECT_EQ(state[(0 * 90 + 53) * 12 + 6 + u], h[(0 * 90 + 53) * 6 + u]);
  EXPECT_TRUE(std::isnan(h[(0 * 90 + 54) * 6]));
  const auto header = nlohmann::json::parse(file.ReadString("header"));
  EXPECT_NE(ErrorOf([&] { WriteModelFeatures(request); }).find("not overwritten"), std::string::npos);
  EXPECT_DOUBLE_EQ(header["dt_ms"], 1000.0 / 24);
  EXPECT_EQ(header["family"], "sim-mov");
  EXPECT_EQ(header["layer"], "state");
  request.layer = "hidden";
  EXPECT_NE(ErrorOf([&] { WriteModelFeatures(request); }).find("unknown layer 'hidden'"), std::string::npos);
}

TEST(Grid, CasesAndBadAxes) {
  GridConfig grid;
  grid.axes = ParseGrid({"published"});
  const auto published = CasesOf(grid);
  EXPECT_EQ(published.size(), 160u);
  // No two of them may be copies: the constant penalty has no gradient, so that what differs is the seed.
  std::set<std::string> learned;
  for (GridCase one : published) {
    one.config.loss.penalty = PenaltyKind::kNone, one.config.loss.penalty_weight = 0;
    learned.insert(FieldsOf(&one.config).ToJson());
  }
  EXPECT_EQ(learned.size(), 160u);
  EXPECT_EQ(published[4].name, "family-mov_cell-lstm_units-10_input-pixel-pca_penalty-l2_penalty_weight-0.1_seed-4");
  grid.base.loss.mode = PenaltyMode::kActive;
  EXPECT_EQ(CasesOf(grid)[4].config.seed, 0u);
  grid.axes = ParseGrid({"family=mov,sim-mov", "seed=0,1,2"});
  const auto cases = CasesOf(grid);
  ASSERT_EQ(cases.size(), 6u);
  EXPECT_EQ(cases[1].name, "family-mov_seed-1");
  EXPECT_EQ(cases[5].config.family, "sim-mov");
  EXPECT_EQ(cases[5].config.seed, 2u);
  EXPECT_NE(ErrorOf([] { ParseGrid({"famly=mov"}); }).find("family"), std::string::npos);
  EXPECT_NE(ErrorOf([] { ParseGrid({"family=mof"}); }).find("mov"), std::string::npos);
  EXPECT_NE(ErrorOf([] { ParseGrid({"family"}); }).find("KEY=VALUE"), std::string::npos);
  EXPECT_NE(ErrorOf([] { ParseGrid({"seed=1", "seed=2"}); }).find("twice"), std::string::npos);
  EXPECT_NE(ErrorOf([] { ParseGrid({"whiten=on,off,true"}); }).find("the value 'true' twice"), std::string::npos);
  grid.base.batch_size = 1000, grid.base.train_conditions = 512;
  EXPECT_NE(ErrorOf([&] { CasesOf(grid); }).find("batch_size 1000 is larger"), std::string::npos);
}

// A grid into the folder of another grid would otherwise show the other's results as its own.
TEST(Grid, RefusesAFolderOfOtherSettings) {
  const ScratchFolder folder;
  GridConfig grid{.base = Small(), .axes = ParseGrid({"seed=0,1"}), .folder = folder.path()};
  grid.base.passes = 1;
  TrainNetwork(CasesOf(grid)[0].config, kRun, folder / "seed-0", Resume::kIfThere, true);
  EXPECT_EQ(PlanOf(grid).rows.size(), 2u);
  EXPECT_EQ(PlanOf(grid).notes.back(), "2 networks, 1 of them finished.");
  grid.base.units = 9;
  EXPECT_NE(ErrorOf([&] { TrainGrid(grid); }).find("units is 6 there and 9 here"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder / "seed-1"));
}

}  // namespace
}  // namespace figment::pong
