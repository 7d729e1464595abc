// How far a long command is, on stderr: on a terminal a bar with rate and time left, redrawn at most five times a
// second; elsewhere one plain line a minute and one at the end. Shows the clock, so nothing that is computed may depend
// on it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace figment::base {

enum class ProgressStyle { kAuto, kBar, kLines, kSilent };

class Progress {
 public:
  // `unit` is the plural of what is counted: "trials".
  Progress(std::string unit, int64_t total, ProgressStyle style = ProgressStyle::kAuto);
  ~Progress();  // calls Finish
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Advance(int64_t count = 1);
  // Prints the last state and ends the line; later calls do nothing.
  void Finish();

 private:
  void Print();

  using Clock = std::chrono::steady_clock;
  std::string unit_;
  int64_t done_ = 0;
  int64_t total_;
  ProgressStyle style_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_print_ = start_;
};

// "12/80 trials, 3.1/s, 0:22 left". The rate is the mean since the start; unknown parts are left out.
std::string ProgressText(const std::string& unit, int64_t done, int64_t total, double elapsed_s);

// "1:02:03", "2:03", "0:03".
std::string DurationText(double seconds);

}  // namespace figment::base
