// figment_worker: a worker process of `figment physion generate` and of batches of environments. Started by them only.
//
//   figment_worker FOLDER DEVICE MODELS
//   figment_worker --environments NAME [KEY=VALUE ...] INDEX
//   figment_worker --alone NAME N SECONDS
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "lab/bench_vector.h"
#include "lab/environments.h"
#include "physion/generate.h"

int main(int argc, char** argv) {
  if (argc >= 4 && argv[1] == std::string_view("--environments")) {
    figment::lab::ServeEnvironments({argv + 2, argv + argc});
    return 0;
  }
  if (argc == 5 && argv[1] == std::string_view("--alone")) {
    figment::lab::ServeSpeed(argv[2], std::atoi(argv[3]), std::atof(argv[4]));
    return 0;
  }
  if (argc != 4) {
    std::fprintf(stderr, "figment_worker is started by `figment physion generate` and by batches of environments\n");
    return 2;
  }
  figment::physion::ServeSlots(argv[1], argv[2], argv[3]);
  return 0;
}
