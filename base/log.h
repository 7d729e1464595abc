// Messages to the person who runs the program: one line each on stderr, with the time of day. Results go to stdout.
#pragma once

#include <string>

namespace figment::base {

enum class LogLevel { kInfo, kWarning, kError, kSilent };

// Lines below this level are dropped. The level at start is kInfo.
void SetLogLevel(LogLevel lowest);

void LogInfo(const std::string& message);
void LogWarning(const std::string& message);
void LogError(const std::string& message);

}  // namespace figment::base
