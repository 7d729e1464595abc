// Does this program make the published trial set? Every published count, sum and check value beside what is found.
#pragma once

#include "base/table.h"

namespace figment::pong {

struct Selftest {
  base::Table table;  // name, expected, found, ok
  int checks = 0;
  int differences = 0;
};
// Values are compared as printed, to the last digit that is published.
Selftest RunSelftest();

}  // namespace figment::pong
