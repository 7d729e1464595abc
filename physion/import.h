// Reads the reference's own command logs: one folder a configuration with tdw_commands.json, as published with the
// released data (stimuli/generation/configs/ there). A log has one line a message: a JSON list of commands, then
// " trial N". From them come the scenes as they were sent, in the form of physion/released.h.
//
// What the log does not say - scenario, controller, trial seeds, how much of the clutter stands behind - is taken from
// metadata.json beside it, else from the released config of the folder's name, else from the folder above.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "physion/trial_spec.h"

namespace figment::physion {

struct ImportedScenes {
  std::vector<TrialSpec> scenes;        // the scenes of a configuration next to each other, by trial
  int folders = 0;
  std::vector<std::string> warnings;    // commands not replayed, models that others stand in for, broken trials

  std::vector<std::string> Scenarios() const;  // those of the scenes, each once
};

// Each folder is a configuration, or any folder above some. Throws base::Error "file:line: ..." for lines that are no
// such messages, and if there is no tdw_commands.json.
ImportedScenes ReadCommandLogs(const std::vector<std::filesystem::path>& folders);

}  // namespace figment::physion
