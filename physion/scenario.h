// The table of scenarios. A scenario is a function (arguments, rng) -> TrialSpec.
// One more scenario: one .cc/.h with its builder and one line in scenarios.cc.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/random.h"
#include "physion/arguments.h"
#include "physion/models.h"
#include "physion/trial_spec.h"

namespace figment::physion {

// kTest: the released test scenes with red target and yellow zone, as models see them; kHuman: the same scenes in the
// colours that people saw. kTrain and kReadout: other seeds and plainer scenes.
enum class Mode { kTrain, kReadout, kTest, kHuman };
inline bool HasTestScenes(Mode mode) { return mode == Mode::kTest || mode == Mode::kHuman; }

struct BuildRequest {
  Arguments arguments;
  Mode mode = Mode::kTest;
  int index = 0;                    // of the trial within its config
  const Models& models = NoModels();  // the user's own
};

struct Scenario {
  std::string name;                 // dominoes, support, collide, contain, drop, link, roll, drape
  std::string old_name;             // towers, collision, ...
  std::string question;             // "chain reaches the mat?"
  bool rigid = true;                // false: needs cloth, so Bullet only
  std::function<TrialSpec(const BuildRequest&, base::Rng&)> build;
};

const std::vector<Scenario>& Scenarios();
const Scenario& FindScenario(const std::string& name);  // accepts old names; throws base::Error with the nearest

// A released configuration: a name and its command-line arguments.
struct Config {
  std::string scenario, name, role, controller;  // role: test or familiarization
  int released_trials = 0;                       // in the released metadata
  std::vector<std::pair<std::string, std::string>> arguments;  // in order, later ones win
};
const std::vector<Config>& ReleasedConfigs();    // read once from physion/configs/
const Config& FindConfig(const std::string& name);

// The configurations that scenes are drawn from unless one is named: the scenario's released test configurations, or
// where nothing was released of it one with all arguments at their defaults, named as the scenario.
std::vector<Config> SampledConfigs(const std::string& scenario);

}  // namespace figment::physion
