// A counter that threads, or processes that share its memory, wait on. Plain data: it may lie in shared memory, and
// zeroed memory is a valid one.
//
// The standard library's atomics wait within one process only, and without a time limit.
#pragma once

#include <atomic>
#include <cstdint>

namespace figment::base {

class WaitWord {
 public:
  uint32_t value() const { return value_.load(std::memory_order_acquire); }

  // Adds one and wakes whoever waits. What was written before is seen by whoever sees the new value.
  void Advance();

  // Waits until the value differs from `old`, at most `timeout_s`, and returns the value then. Looks a little while
  // before it falls asleep: small steps take microseconds, and to wake up takes tens of them. While it looks others may
  // have the core.
  uint32_t WaitWhile(uint32_t old, double timeout_s);

 private:
  std::atomic<uint32_t> value_{0}, sleepers_{0};
};

static_assert(std::atomic<uint32_t>::is_always_lock_free);

}  // namespace figment::base
