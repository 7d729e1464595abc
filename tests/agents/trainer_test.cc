#include "agents/trainer.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <fstream>

#include "agents/checkpoint.h"
#include "base/error.h"
#include "files/manifest.h"
#include "tests/files/scratch.h"

namespace figment::agents {
namespace {

using files::ErrorOf;
using files::ScratchFolder;

// Fits a line to noisy points, two batches a pass; the noise is drawn from a generator whose state must be kept.
struct Line {
  explicit Line(double slope = 2) : slope(slope), weights(at::zeros({2}).set_requires_grad(true)), random({11}) {}

  TrainingTask Task() {
    TrainingTask task{.config = {{"slope", slope}, {"cell", "line"}}, .parameters = {{"weights", weights}}};
    task.steps_per_pass = 2;
    task.random = {&random};
    task.loss = [this](int64_t pass, int64_t step) {
      at::Tensor x = at::empty({16}), noise = at::empty({16});
      for (int i = 0; i < 16; ++i) x[i] = random.Normal(), noise[i] = 0.01 * random.Normal();
      if (broken(pass, step)) x[0] = std::nan("");
      return (weights[0] * x + weights[1] - (slope * x + 1 + noise)).square().mean();
    };
    task.evaluate = [this](int64_t) -> nlohmann::ordered_json { return {{"slope", weights[0].item<double>()}}; };
    return task;
  }

  double slope;
  at::Tensor weights;
  base::Rng random;
  std::function<bool(int64_t, int64_t)> broken = [](int64_t, int64_t) { return false; };
};

TrainerOptions Options(int64_t passes) {
  TrainerOptions options;
  options.passes = passes;
  options.adaptive_rate = {.initial = 0.1};
  return options;
}

TEST(Trainer, LowersTheLossAndLogsEveryPass) {
  const ScratchFolder folder;
  Line line;
  const TrainingOutcome outcome = Train(line.Task(), Options(100), folder.path());
  EXPECT_EQ(outcome.passes, 100);
  EXPECT_NEAR(line.weights[0].item<double>(), 2, 0.05);
  EXPECT_NEAR(line.weights[1].item<double>(), 1, 0.05);
  const auto lines = files::ReadJsonLines(folder / "log.jsonl").lines;
  ASSERT_EQ(lines.size(), 100u);
  EXPECT_LT(lines.back()["loss"].get<double>(), 1e-2 * lines.front()["loss"].get<double>());
  EXPECT_EQ(lines.back()["evaluation"]["slope"].get<float>(), line.weights[0].item<float>());
}

TEST(Trainer, GoesOnBitForBit) {
  const ScratchFolder whole, parts;
  Line uninterrupted;
  Train(uninterrupted.Task(), Options(9), whole.path());
  for (const int64_t passes : {2, 3, 9}) {
    Line fresh;  // as after a restart of the program
    Train(fresh.Task(), Options(passes), parts.path());
    if (passes == 9) {
      EXPECT_TRUE(at::equal(fresh.weights, uninterrupted.weights));
    }
  }
  Checkpoint a = ReadCheckpoint(CheckpointPath(whole.path())), b = ReadCheckpoint(CheckpointPath(parts.path()));
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (size_t i = 0; i < a.tensors.size(); ++i) EXPECT_TRUE(at::equal(a.tensors[i].tensor, b.tensors[i].tensor)) << a.tensors[i].name;
  for (Checkpoint* one : {&a, &b})
    for (const char* key : {"seconds", "seconds_before_pass"}) one->state["counters"].erase(key);
  EXPECT_EQ(a.state, b.state);
  auto log_a = files::ReadJsonLines(whole / "log.jsonl").lines, log_b = files::ReadJsonLines(parts / "log.jsonl").lines;
  for (auto* log : {&log_a, &log_b})
    for (auto& line : *log) line.erase("seconds"), line.erase("train_seconds");
  EXPECT_EQ(log_a, log_b);
}

// A killed run: its log is ahead of its checkpoint.
TEST(Trainer, CutsTheLogBackToTheCheckpoint) {
  const ScratchFolder folder;
  Line line;
  Train(line.Task(), Options(2), folder.path());
  files::AppendLine(folder / "log.jsonl", {{"pass", 3}, {"loss", 99}});
  Line again;
  Train(again.Task(), Options(3), folder.path());
  const auto lines = files::ReadJsonLines(folder / "log.jsonl").lines;
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_LT(lines[2]["loss"].get<double>(), 99);
}

TEST(Trainer, RefusesTheLogOfAnotherProgram) {
  const ScratchFolder folder;
  files::AppendLine(folder / "log.jsonl", {{"trial", 3}});
  Line line;
  EXPECT_NE(ErrorOf([&] { Train(line.Task(), Options(1), folder.path()); }).find("not the log of a training run"),
            std::string::npos);
}

TEST(Trainer, StateOfACheckpoint) {
  const ScratchFolder folder;
  Line line;
  Train(line.Task(), Options(2), folder.path());
  Checkpoint checkpoint = ReadCheckpoint(CheckpointPath(folder.path()));
  EXPECT_EQ(StateOf(checkpoint, "here").passes, 2);
  EXPECT_FALSE(StateOf(checkpoint, "here").rate_exhausted);
  checkpoint.state["rate"]["rate"] = 1e-11;
  EXPECT_TRUE(StateOf(checkpoint, "here").rate_exhausted);
  checkpoint.state.erase("counters");
  EXPECT_NE(ErrorOf([&] { StateOf(checkpoint, "here"); }).find("here: a damaged checkpoint"), std::string::npos);
}

TEST(Trainer, RefusesACheckpointOfAnotherConfig) {
  const ScratchFolder folder;
  Line line;
  Train(line.Task(), Options(1), folder.path());
  Line other(3);
  const std::string error = ErrorOf([&] { Train(other.Task(), Options(2), folder.path()); });
  EXPECT_NE(error.find("slope is 2.0 there and 3.0 here"), std::string::npos) << error;
  EXPECT_EQ(error.find("cell"), std::string::npos) << error;
  EXPECT_NE(error.find(CheckpointPath(folder.path()).string()), std::string::npos) << error;
}

TEST(Trainer, RefusesADamagedCheckpoint) {
  const ScratchFolder folder;
  Line line;
  Train(line.Task(), Options(1), folder.path());
  std::filesystem::resize_file(CheckpointPath(folder.path()), 200);
  Line again;
  const std::string error = ErrorOf([&] { Train(again.Task(), Options(2), folder.path()); });
  EXPECT_NE(error.find("not a complete safetensors file"), std::string::npos) << error;
}

TEST(Trainer, SkipsAndCountsStepsThatAreNotFinite) {
  const ScratchFolder folder;
  Line line;
  line.broken = [](int64_t pass, int64_t step) { return pass == 1 && step == 0; };
  const TrainingOutcome outcome = Train(line.Task(), Options(3), folder.path());
  EXPECT_EQ(outcome.skipped, 1);
  const auto lines = files::ReadJsonLines(folder / "log.jsonl").lines;
  EXPECT_EQ(lines[1]["skipped"], 1);
  EXPECT_EQ(lines[2]["skipped"], 0);
  EXPECT_TRUE(at::isfinite(line.weights).all().item<bool>());
}

TEST(Trainer, StopsAfterTooManyAndKeepsTheLastGoodCheckpoint) {
  const ScratchFolder folder;
  Line line;
  Train(line.Task(), Options(2), folder.path());
  const at::Tensor good = line.weights.detach().clone();
  Line broken;
  broken.broken = [](int64_t, int64_t) { return true; };
  TrainerOptions options = Options(50);
  options.most_skipped = 3;
  options.checkpoint_every_s = 0;
  const std::string error = ErrorOf([&] { Train(broken.Task(), options, folder.path()); });
  EXPECT_NE(error.find("not finite 3 times in a row, last in pass 4, batch 1"), std::string::npos) << error;
  const Checkpoint kept = ReadCheckpoint(CheckpointPath(folder.path()));
  EXPECT_TRUE(at::equal(kept.tensors[0].tensor, good));
  EXPECT_EQ(kept.state["counters"]["pass"], 2);
}

// One parameter, two steps, by hand: both places of epsilon.
TEST(Adam, TwoStepsByHand) {
  for (const bool before : {true, false}) {
    at::Tensor weight = at::ones({1});
    Adam adam({{"w", weight}}, {.epsilon = 0.01, .epsilon_before_correction = before});
    double m = 0, v = 0, w = 1;
    for (int step = 1; step <= 2; ++step) {
      const double gradient = 0.5 * step;
      adam.Step({at::full({1}, gradient)}, 0.1);
      m = 0.9 * m + 0.1 * gradient, v = 0.999 * v + 0.001 * gradient * gradient;
      const double m_hat = m / (1 - std::pow(0.9, step)), root = std::sqrt(1 - std::pow(0.999, step));
      w -= before ? 0.1 * m_hat * root / (std::sqrt(v) + 0.01) : 0.1 * m_hat / (std::sqrt(v) / root + 0.01);
      EXPECT_NEAR(weight.item<double>(), w, 1e-6) << before << step;
    }
  }
}

TEST(Adam, EqualsTorch) {
  torch::manual_seed(1);
  at::Tensor ours = at::randn({5}), theirs = ours.clone().set_requires_grad(true);
  Adam adam({{"w", ours}}, {});
  torch::optim::Adam reference({theirs}, torch::optim::AdamOptions(0.01));
  for (int step = 0; step < 20; ++step) {
    const at::Tensor gradient = at::randn({5});
    adam.Step({gradient}, 0.01);
    theirs.mutable_grad() = gradient;
    reference.step();
  }
  EXPECT_LT((ours - theirs).abs().max().item<double>(), 1e-6);
}

TEST(Clip, ScalesToTheLimit) {
  const std::vector<at::Tensor> gradients = {at::full({1}, 3.0), at::full({1}, 4.0)};
  EXPECT_DOUBLE_EQ(GlobalNorm(gradients), 5);
  ClipByGlobalNorm(gradients, 5, 10);
  EXPECT_FLOAT_EQ(gradients[0].item<float>(), 3);
  ClipByGlobalNorm(gradients, 5, 1);
  EXPECT_FLOAT_EQ(gradients[0].item<float>(), 0.6f);
  EXPECT_FLOAT_EQ(gradients[1].item<float>(), 0.8f);
}

}  // namespace
}  // namespace figment::agents
