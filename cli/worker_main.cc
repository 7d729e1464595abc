// figment_worker: a worker process of `figment physion generate` and of batches of environments. Started by them only.
//
//   figment_worker FOLDER DEVICE MODELS
//   figment_worker --environments NAME [KEY=VALUE ...] INDEX
//   figment_worker --alone N SECONDS NAME [KEY=VALUE ...]
//   figment_worker --rodent-eye TASK QUALITY EPISODES STEPS
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "lab/batch_speed.h"
#include "lab/environments.h"
#include "lab/rodent_speed.h"
#include "physion/generate.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 2), argv + argc);
  if (argc >= 4 && argv[1] == std::string_view("--environments")) {
    figment::lab::ServeEnvironments(arguments);
    return 0;
  }
  if (argc >= 5 && argv[1] == std::string_view("--alone")) {
    figment::lab::ServeSpeed(arguments);
    return 0;
  }
  if (argc == 6 && argv[1] == std::string_view("--rodent-eye")) {
    figment::lab::ServeRodentSpeed(arguments);
    return 0;
  }
  if (argc != 4) {
    std::fprintf(stderr, "figment_worker is started by `figment physion generate` and by batches of environments\n");
    return 2;
  }
  figment::physion::ServeSlots(argv[1], argv[2], argv[3]);
  return 0;
}
