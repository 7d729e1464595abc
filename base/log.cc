#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace figment::base {
namespace {

spdlog::logger& Logger() {
  static spdlog::logger logger = [] {
    spdlog::logger made("figment", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    // On a terminal a progress bar may stand in the line: go to its start and clear it first.
    const std::string clear_line = isatty(STDERR_FILENO) ? "\r\033[K" : "";
    made.set_pattern(clear_line + "[%H:%M:%S] %^%l%$: %v");
    return made;
  }();
  return logger;
}

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
    case LogLevel::kSilent: return spdlog::level::off;
  }
  return spdlog::level::info;
}

}  // namespace

void SetLogLevel(LogLevel lowest) { Logger().set_level(SpdlogLevel(lowest)); }

// The message is an argument, not the format: braces in it stay as they are.
void LogInfo(const std::string& message) { Logger().info("{}", message); }
void LogWarning(const std::string& message) { Logger().warn("{}", message); }
void LogError(const std::string& message) { Logger().error("{}", message); }

}  // namespace figment::base
