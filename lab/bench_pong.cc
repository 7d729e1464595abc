#include "lab/bench_pong.h"

#include <functional>
#include <string>

#include "base/machine.h"
#include "base/random.h"
#include "base/version.h"
#include "envs/vector_env.h"
#include "metrics/quantiles.h"
#include "pong/clip.h"
#include "pong/game.h"
#include "pong/pictures.h"
#include "pong/trial_sets.h"

namespace figment::lab {
namespace {

double MedianSeconds(int rounds, const std::function<void()>& work) {
  std::vector<double> seconds;
  for (int round = 0; round < rounds; ++round) {
    const double start = base::ThreadCpuSeconds();
    work();
    seconds.push_back(base::ThreadCpuSeconds() - start);
  }
  return metrics::Median(std::move(seconds));
}

template <class Make>
envs::VectorEnv MakeBatch(int n, const Make& make) {
  std::vector<std::unique_ptr<envs::Env>> copies;
  for (int i = 0; i < n; ++i) copies.push_back(make());
  return {std::move(copies), {.auto_reset = envs::AutoReset::kSameStep}};
}

// Seconds of `steps` steps of a batch under random moves, resets included.
template <class Make>
double BatchSeconds(const PongBenchOptions& options, const Make& make) {
  envs::VectorEnv batch = MakeBatch(options.batch, make);
  batch.Reset(0);
  base::Rng rng({0});
  for (int32_t& move : batch.buffers().Array<int32_t>(envs::Section::kActions, "move"))
    move = static_cast<int32_t>(rng.Integer(0, 3));
  return MedianSeconds(options.rounds, [&] {
    for (int step = 0; step < options.steps; ++step) batch.Step();
  });
}

std::unique_ptr<envs::Env> MakeGame(const pong::GameConfig& config) { return std::make_unique<pong::Game>(config); }

double PictureSeconds(int rounds, int* frames) {
  const pong::Rasteriser rasteriser({});
  std::vector<uint8_t> picture(rasteriser.pixels());
  const auto published = pong::PublishedConditions();
  return MedianSeconds(rounds, [&] {
    *frames = 0;
    for (const int index : published) {
      const auto clip = pong::ClipPositions(pong::MakeTrack(pong::TrialSet()[static_cast<size_t>(index)]));
      for (const pong::Position& ball : clip) rasteriser.Draw(ball.x, ball.y, picture);
      *frames += static_cast<int>(clip.size());
    }
  });
}

}  // namespace

base::Table BenchPong(const PongBenchOptions& options) {
  base::Table table = {.title = "Mental-Pong", .columns = {"what", "value", "unit", "aim"}};
  const auto row = [&](const std::string& what, double value, int digits, const std::string& unit,
                       const std::string& aim) {
    table.rows.push_back({what, base::Cell(value, digits), unit, aim});
  };
  const double trial_set_seconds = MedianSeconds(options.rounds, [] {
    pong::MakeTrialSet();
    pong::MakeSplit();
  });
  row("whole trial set and split", trial_set_seconds, 3, "s", "2 or less");
  int frames = 0;
  const double picture_seconds = PictureSeconds(options.rounds, &frames);
  row("published 100 x 100 pictures", frames / picture_seconds, 0, "frames/s a core", "20000 or more");
  const double env_steps = static_cast<double>(options.batch) * options.steps;
  using pong::Clock;
  const auto game = [&](const pong::GameConfig& config) {
    return BatchSeconds(options, [&] { return MakeGame(config); }) / env_steps * 1e6;
  };
  const std::string batch = ", batch of " + std::to_string(options.batch);
  const std::string a_step = "us an env and step";
  row("game, state, 60 ticks a second" + batch, game({}), 4, a_step, "0.1 or less");
  row("game, state, 24 frames a second" + batch, game({.clock = Clock::kFrames}), 4, a_step, "0.1 or less");
  row("game, pictures" + batch, game({.clock = Clock::kFrames, .observation = pong::Observation::kPicture}), 3,
      a_step, "");
  table.notes = {base::CpuClass() + "; figment " + base::kVersion,
                 "medians of " + std::to_string(options.rounds) + " rounds; episodes begin again in the same step"};
  return table;
}

}  // namespace figment::lab
