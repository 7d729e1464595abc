#include <cstdio>
#include <memory>

#include "base/machine.h"
#include "cli/commands.h"
#include "lab/bench_metrics.h"
#include "lab/bench_physics.h"
#include "lab/bench_physion.h"
#include "lab/bench_pong.h"
#include "lab/bench_render.h"
#include "lab/bench_rodent.h"
#include "lab/bench_training.h"
#include "lab/bench_vector.h"

namespace figment::cli {
namespace {

namespace fs = std::filesystem;

// The sources lie around the build folder; comparisons with Python packages need their scripts and .venv.
fs::path SourceFolder() { return base::ExecutableDirectory().parent_path(); }
fs::path Worker() { return base::ExecutableDirectory() / "figment_worker"; }
fs::path Python() { return SourceFolder() / ".venv/bin/python"; }

base::Table Render() {
  return lab::BenchRender({.worker = base::ExecutableDirectory() / "figment_bench_render",
                           .python = Python(),
                           .mujoco_script = SourceFolder() / "scripts/bench_mujoco_render.py"});
}

base::Table Physics() {
  return lab::BenchPhysics({.python = Python(), .pybullet_script = SourceFolder() / "scripts/bench_pybullet.py"});
}

base::Table Physion() {
  return lab::BenchPhysion({.figment = base::ExecutableDirectory() / "figment", .worker = Worker()});
}

base::Table Metrics() {
  return lab::BenchMetrics({.python = Python(), .sklearn_script = SourceFolder() / "scripts/bench_sklearn.py"});
}

base::Table Pong() { return lab::BenchPong({}); }

base::Table Vector() { return lab::BenchVector({.worker = Worker()}); }

base::Table Training() { return lab::BenchTraining(); }

void Print(const base::Table& table, bool json) {
  std::fputs((json ? base::ToJson(table) + "\n" : base::ToText(table)).c_str(), stdout);
}

void AddBenchmark(CLI::App& bench, Action* action, const std::string& name, const std::string& help,
                  base::Table (*measure)()) {
  CLI::App* command = bench.add_subcommand(name, help);
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "print as JSON");
  command->callback([=] {
    *action = [=] {
      Print(measure(), *json);
      return 0;
    };
  });
}

void AddRodentBenchmark(CLI::App& bench, Action* action) {
  struct Choice {
    bool json = false, eye = false, workers = false;
    int resets = 0;
    std::string dm_control, envpool;
  };
  CLI::App* command =
      bench.add_subcommand("rodent", "control steps/s of each task, without pictures, beside a bare mj_step loop");
  const auto choice = std::make_shared<Choice>();
  command->add_flag("--json", choice->json, "print as JSON");
  CLI::Option* const eye = command->add_flag("--eye", choice->eye, "with 64 x 64 pictures instead, draft and faithful");
  command->add_option("--dm-control", choice->dm_control, "beside dm_control, in this Python")
      ->needs(eye)->check(CLI::ExistingFile)->type_name("PYTHON");
  command->add_option("--envpool", choice->envpool, "beside EnvPool, in this Python")
      ->needs(eye)->check(CLI::ExistingFile)->type_name("PYTHON");
  CLI::Option* const workers =
      command->add_flag("--workers", choice->workers, "two workers beside two processes apart instead");
  CLI::Option* const resets =
      command->add_option("--resets", choice->resets, "reset the tasks so many times instead, and watch memory and open files")
          ->check(CLI::Range(10, 100000000));
  eye->excludes(workers)->excludes(resets);
  workers->excludes(resets);
  command->callback([=] {
    *action = [=] {
      const lab::RodentBenchOptions options = {.worker = Worker(),
                                               .dm_control_python = choice->dm_control,
                                               .envpool_python = choice->envpool,
                                               .pictures_script = SourceFolder() / "scripts/bench_rodent_pictures.py"};
      const base::Table table = choice->resets > 0 ? lab::BenchRodentResets(choice->resets)
                                : choice->eye      ? lab::BenchRodentEye(options)
                                : choice->workers  ? lab::BenchRodentWorkers(options)
                                                   : lab::BenchRodent(options);
      Print(table, choice->json);
      return 0;
    };
  });
}

}  // namespace

void AddBench(CLI::App& app, Action* action) {
  CLI::App* bench = app.add_subcommand("bench", "Measure speed on this machine");
  bench->require_subcommand(1);
  AddBenchmark(*bench, action, "render", "frames/s by size, preset and passes, beside mujoco.Renderer", Render);
  AddBenchmark(*bench, action, "physics", "steps/s, beside Bullet alone and pybullet", Physics);
  AddBenchmark(*bench, action, "physion", "whole data sets: frames/s, memory, disk", Physion);
  AddBenchmark(*bench, action, "metrics", "ridge and PLS fits of a neural score, beside scikit-learn", Metrics);
  AddBenchmark(*bench, action, "pong", "trial set, pictures, the game in batches", Pong);
  AddBenchmark(*bench, action, "vector", "batches of environments: hand-over, two workers", Vector);
  AddRodentBenchmark(*bench, action);
  AddBenchmark(*bench, action, "training", "one pass of the published training of small networks (full build)", Training);
}

}  // namespace figment::cli
