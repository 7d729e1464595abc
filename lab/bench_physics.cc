#include "lab/bench_physics.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/machine.h"
#include "envs/bullet_bare.h"
#include "envs/engines.h"
#include "lab/python_program.h"
#include "metrics/quantiles.h"

namespace figment::lab {
namespace {

constexpr int kWarmUpSteps = 30;  // until the boxes have found their contacts

// Rows of 4, 3, 2 and 1 boxes, each on two of the row below.
envs::Scene Pyramid() {
  constexpr double kSize = 0.2, kPitch = 0.22;
  envs::Scene scene;
  scene.shapes = {envs::MakePrimitive("cube")};
  scene.ground.surface.friction = 0.5;
  for (int row = 0; row < 4; ++row)
    for (int column = 0; column < 4 - row; ++column) {
      envs::Body body;
      body.name = "box" + std::to_string(scene.bodies.size());
      body.scale = base::Vec3(kSize, kSize, kSize);
      body.X_WB.p = base::Vec3(kPitch * (column + row / 2.0 - 1.5), 0, kSize * row);
      body.surface.friction = 0.5;
      scene.bodies.push_back(body);
    }
  return scene;
}

// Takes warm-up steps, then timed ones; CPU seconds of the latter.
using Runner = std::function<double(int warm_up, int steps)>;

double TimeSteps(const std::function<double()>& step, int warm_up, int steps) {
  for (int i = 0; i < warm_up; ++i) step();
  const double start = base::ProcessCpuSeconds();
  double sum = 0;
  for (int i = 0; i < steps; ++i) sum += step();
  const double seconds = base::ProcessCpuSeconds() - start;
  CHECK_GT(sum, 0);  // the boxes did rest on something
  return seconds;
}

Runner FigmentRunner(const envs::Scene& scene, envs::WorldConfig config, envs::Engine engine) {
  config.engine = engine;
  return [scene, config](int warm_up, int steps) {
    const auto world = MakeWorld(scene, config);
    const auto step = [&] {
      // Bodies asleep cost nothing, which would be no comparison: each step wakes them all.
      for (size_t body = 0; body < scene.bodies.size(); ++body)
        world->ApplyCentralImpulse(static_cast<int>(body), base::Vec3::Zero());
      world->Step();
      double sum = 0;
      for (const envs::Contact& contact : world->Contacts()) sum += contact.impulse_Ns;
      return sum;
    };
    return TimeSteps(step, warm_up, steps);
  };
}

Runner BareRunner(const envs::Scene& scene, const envs::WorldConfig& config) {
  return [scene, config](int warm_up, int steps) { return TimeSteps(BareBulletLoop(scene, config), warm_up, steps); };
}

nlohmann::json Describe(const envs::Scene& scene, const envs::WorldConfig& config) {
  nlohmann::json boxes = nlohmann::json::array();
  for (const envs::Body& body : scene.bodies) {
    const base::Vec3 centre = body.X_WB * base::Vec3(0, 0, body.scale.z() / 2);
    boxes.push_back({{"size", {body.scale.x(), body.scale.y(), body.scale.z()}},
                     {"position", {centre.x(), centre.y(), centre.z()}},
                     {"mass_kg", body.mass_kg},
                     {"friction", body.surface.friction}});
  }
  return {{"timestep_s", config.timestep_s},
          {"solver_iterations", config.solver_iterations},
          {"gravity_m_s2", config.gravity_m_s2},
          {"ground_friction", scene.ground.surface.friction},
          {"boxes", boxes}};
}

struct Row {
  std::string name;
  Runner run;                    // empty: not here
  std::vector<double> seconds;   // [rounds]
};

std::vector<base::Cell> Cells(const Row& row, const Row& reference, int steps) {
  if (row.seconds.empty()) return {row.name + " (not installed)", base::Cell(), base::Cell()};
  std::vector<double> rates, ratios;
  for (size_t round = 0; round < row.seconds.size(); ++round) {
    rates.push_back(steps / row.seconds[round]);
    ratios.push_back(row.seconds[round] / reference.seconds[round]);
  }
  return {row.name, base::Cell(metrics::Median(rates), 0), base::Cell(metrics::Median(ratios), 2)};
}

}  // namespace

base::Table BenchPhysics(const PhysicsBenchOptions& options) {
  CHECK_GT(options.rounds, 0);
  const envs::Scene scene = Pyramid();
  const envs::WorldConfig config;
  PythonProgram pybullet(options.python, options.pybullet_script, Describe(scene, config));

  std::vector<Row> rows = {{"Figment, Bullet", FigmentRunner(scene, config, envs::Engine::kBullet), {}},
                           {"Bullet alone (stepSimulation)", BareRunner(scene, config), {}},
                           {"pybullet", nullptr, {}},
                           {"Figment, MuJoCo", FigmentRunner(scene, config, envs::Engine::kMujoco), {}}};
  if (pybullet.present())
    rows[2].run = [&](int warm_up, int steps) {
      return pybullet.Ask({{"warm_up", warm_up}, {"steps", steps}}).at("cpu_seconds").get<double>();
    };
  for (int round = 0; round < options.rounds; ++round)
    for (Row& row : rows)
      if (row.run) row.seconds.push_back(row.run(kWarmUpSteps, options.steps));

  base::Table table;
  table.title = "Physics: 10 boxes in a pyramid, every pose and contact read after every step";
  table.columns = {"program", "steps / CPU s", "Figment, Bullet is x times as fast"};
  for (const Row& row : rows) table.rows.push_back(Cells(row, rows[0], options.steps));
  table.notes = {"step " + std::to_string(config.timestep_s).substr(0, 4) + " s, " +
                     std::to_string(config.solver_iterations) + " solver iterations; medians of " +
                     std::to_string(options.rounds) + " interleaved rounds of " + std::to_string(options.steps) +
                     " steps",
                 envs::EngineVersion(envs::Engine::kBullet) + ", " + envs::EngineVersion(envs::Engine::kMujoco) +
                     (pybullet.present() ? ", pybullet API " + pybullet.version() : std::string(", no pybullet")),
                 base::CpuModel()};
  return table;
}

}  // namespace figment::lab
