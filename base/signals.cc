#include "base/signals.h"

#include <csignal>

#include "base/check.h"

namespace figment::base {
namespace {

// A signal handler can reach nothing but a global.
volatile std::sig_atomic_t stop_signal = 0;

void RememberSignal(int signal) { stop_signal = signal; }

}  // namespace

void InstallStopHandler() {
  struct sigaction action = {};
  action.sa_handler = RememberSignal;
  // No SA_RESTART: a wait must return so that the loop can look at the flag.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  CHECK_EQ(sigaction(SIGTERM, &action, nullptr), 0);
  CHECK_EQ(sigaction(SIGINT, &action, nullptr), 0);
}

int StopSignal() { return stop_signal; }

}  // namespace figment::base
