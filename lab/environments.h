// All environments by name, each with settings of its own. A name and settings make the same environment in any
// process; this is how worker processes and other languages ask for one. The conformance suite
// (tests/lab/environments_test.cc) goes through this table.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/table.h"
#include "envs/vector_env.h"

namespace figment::lab {

// What differs from an entry's own config: {{"clock", "frames"}, {"doubles", "on"}}.
using Settings = std::vector<std::pair<std::string, std::string>>;

struct SettingInfo {
  std::string key, value, what;  // the entry's own value, as text
};

struct Environment {
  std::string name, what;
  // Throws base::Error that names the nearest key or the valid values.
  std::function<std::unique_ptr<envs::Env>(const Settings& settings)> make;
  std::function<envs::EnvSpec(const Settings& settings)> spec;  // the same one's; needs no files
  std::vector<SettingInfo> settings;
};
const std::vector<Environment>& Environments();

// Throws base::Error on an unknown name or setting.
const Environment& FindEnvironment(const std::string& name);
std::unique_ptr<envs::Env> MakeEnvironment(const std::string& name, const Settings& settings = {});

// Of MakeEnvironment's. Needs no files.
envs::EnvSpec SpecOf(const std::string& name, const Settings& settings = {});

struct NamedEnvironment {
  std::string name;
  Settings settings;
};

enum class WorkerKind { kThreads, kProcesses };

// A batch of one environment.
struct BatchConfig {
  std::string name;
  Settings settings;
  int n = 1, workers = 1;
  WorkerKind kind = WorkerKind::kThreads;
  envs::AutoReset auto_reset = envs::AutoReset::kNextStep;
  std::filesystem::path worker_program;  // figment_worker, for processes
};

// Throws base::Error on an unknown name or setting, and before anything is made if so many do not fit into memory.
envs::VectorEnv MakeVectorEnv(const BatchConfig& config);

// An environment in the arguments of a program: NAME [KEY=VALUE ...].
std::vector<std::string> ArgumentsOf(const NamedEnvironment& environment);
NamedEnvironment ParseArguments(std::span<const std::string> arguments);

// The worker program: serves `figment_worker --environments NAME [KEY=VALUE ...] INDEX`, the arguments from NAME on.
void ServeEnvironments(const std::vector<std::string>& arguments);

base::Table EnvironmentTable();                         // name, step, actions, observations
base::Table SettingsTable(const std::string& name);     // key, value, what

}  // namespace figment::lab
