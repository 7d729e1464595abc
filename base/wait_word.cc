#include "base/wait_word.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <ctime>

namespace figment::base {
namespace {

// By the clock: on a busy machine each look gives the core away for milliseconds. As long as workers of a batch of short
// steps differ: one that has fallen asleep makes the next step late for all, and so on.
constexpr auto kLooking = std::chrono::microseconds(300);

// FUTEX_WAIT and FUTEX_WAKE without FUTEX_PRIVATE_FLAG, which would keep them within one process.
void Futex(std::atomic<uint32_t>* word, int operation, uint32_t value, const timespec* timeout) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(word), operation, value, timeout, nullptr, 0);
}

}  // namespace

void WaitWord::Advance() {
  // Both orders are sequentially consistent: either the sleeper sees the new value or we see the sleeper.
  value_.fetch_add(1);
  if (sleepers_.load() > 0) Futex(&value_, FUTEX_WAKE, INT32_MAX, nullptr);
}

uint32_t WaitWord::WaitWhile(uint32_t old, double timeout_s) {
  using Clock = std::chrono::steady_clock;
  for (const auto end = Clock::now() + kLooking; Clock::now() < end; sched_yield())
    if (const uint32_t now = value(); now != old) return now;
  const auto seconds = static_cast<time_t>(timeout_s);
  const timespec timeout = {.tv_sec = seconds,
                            .tv_nsec = static_cast<long>((timeout_s - static_cast<double>(seconds)) * 1e9)};
  sleepers_.fetch_add(1);
  if (value_.load() == old) Futex(&value_, FUTEX_WAIT, old, &timeout);  // returns early now and then: so be it
  sleepers_.fetch_sub(1);
  return value();
}

}  // namespace figment::base
