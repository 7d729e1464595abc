// Asking a long command to stop: SIGTERM and SIGINT set a flag that the main loop looks at between two trials.
#pragma once

namespace figment::base {

// From now on SIGTERM and SIGINT set the flag; a second one of the same kind ends the process at once.
void InstallStopHandler();

// The signal that asked to stop, or 0. A command that stops for it exits with 128 + signal (143 for SIGTERM).
int StopSignal();

inline bool StopRequested() { return StopSignal() != 0; }

}  // namespace figment::base
