// All environments by name. The conformance suite (tests/lab/environments_test.cc) goes through this table.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/table.h"
#include "envs/env.h"

namespace figment::lab {

struct Environment {
  std::string name, what;
  std::function<std::unique_ptr<envs::Env>()> make;
};
const std::vector<Environment>& Environments();

// Throws base::Error on an unknown name.
std::unique_ptr<envs::Env> MakeEnvironment(const std::string& name);

base::Table EnvironmentTable();  // name, step, actions, observations

}  // namespace figment::lab
