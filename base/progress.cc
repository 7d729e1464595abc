#include "base/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/log.h"

namespace figment::base {
namespace {

constexpr int kBarWidth = 30;

ProgressStyle Resolve(ProgressStyle style) {
  if (style != ProgressStyle::kAuto) return style;
  return isatty(STDERR_FILENO) ? ProgressStyle::kBar : ProgressStyle::kLines;
}

std::string Bar(int64_t done, int64_t total) {
  const int64_t filled = total > 0 ? std::clamp<int64_t>(done * kBarWidth / total, 0, kBarWidth) : 0;
  std::string bar(kBarWidth, '.');
  std::fill_n(bar.begin(), filled, '#');
  return "[" + bar + "] ";
}

}  // namespace

Progress::Progress(std::string unit, int64_t total, ProgressStyle style)
    : unit_(std::move(unit)), total_(total), style_(Resolve(style)) {}

Progress::~Progress() { Finish(); }

void Progress::Advance(int64_t count) {
  done_ += count;
  const auto interval = style_ == ProgressStyle::kBar ? std::chrono::milliseconds(200) : std::chrono::minutes(1);
  if (Clock::now() - last_print_ >= interval) Print();
}

void Progress::Finish() {
  if (style_ == ProgressStyle::kSilent) return;
  Print();
  if (style_ == ProgressStyle::kBar) std::fputc('\n', stderr);
  style_ = ProgressStyle::kSilent;
}

void Progress::Print() {
  last_print_ = Clock::now();
  const double elapsed_s = std::chrono::duration<double>(last_print_ - start_).count();
  const std::string text = ProgressText(unit_, done_, total_, elapsed_s);
  if (style_ == ProgressStyle::kBar) std::fprintf(stderr, "\r\033[K%s%s", Bar(done_, total_).c_str(), text.c_str());
  if (style_ == ProgressStyle::kLines) LogInfo(text);
}

std::string ProgressText(const std::string& unit, int64_t done, int64_t total, double elapsed_s) {
  std::string text = std::to_string(done) + "/" + std::to_string(total) + " " + unit;
  if (done <= 0 || elapsed_s <= 0) return text;
  const double rate_per_s = static_cast<double>(done) / elapsed_s;
  char rate[32];
  if (rate_per_s >= 1) {
    std::snprintf(rate, sizeof(rate), ", %.3g/s", rate_per_s);
  } else {
    std::snprintf(rate, sizeof(rate), ", %.3g/min", rate_per_s * 60);
  }
  text += rate;
  if (done >= total) return text + ", took " + DurationText(elapsed_s);
  return text + ", " + DurationText(static_cast<double>(total - done) / rate_per_s) + " left";
}

std::string DurationText(double seconds) {
  const auto whole = static_cast<long long>(std::llround(std::max(seconds, 0.0)));
  char text[48];
  if (whole >= 3600) {
    std::snprintf(text, sizeof(text), "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
  } else {
    std::snprintf(text, sizeof(text), "%lld:%02lld", whole / 60, whole % 60);
  }
  return text;
}

}  // namespace figment::base
