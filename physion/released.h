// The released test scenes themselves: every object, push and camera of the 1689 trials as the reference sent them, to
// be simulated again here (the data is compiled in; physion/data/). What was released of their outcomes is beside them.
//
// A replay adds to a scene what the log does not say: when the trial ends, cloth that our engine knows, stand-ins for
// models that are not free (physion/library_models.h), and the scenario's own static fields. Colours are those people
// saw; PaintCues (physion/common_scene.h) makes the version that models were tested on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "physion/trial_spec.h"

namespace figment::physion {

// In the order of ReleasedConfigs(), 0, 1, ... within each. Read once.
const std::vector<TrialSpec>& ReleasedTrials();

// By stimulus name; throws base::Error with the nearest.
const TrialSpec& FindReleasedTrial(const std::string& stimulus_name);

// SHA-256 of the released scenes as compiled in (unpacked).
const std::string& ReleasedTrialsSha256();

// A scene in the form of the released file (docs/released.md), with what a replay adds. Throws base::Error that names
// the field.
TrialSpec TrialSpecFromReleased(const nlohmann::json& scene);

// Released outcomes of half of the trials (released_outcomes_dev.csv); columns are described in docs/released.md.
std::string_view ReleasedOutcomesCsv();

}  // namespace figment::physion
