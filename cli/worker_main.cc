// figment_worker FOLDER DEVICE MODELS: a worker of `figment physion generate`; it is started by that command only.
#include <cstdio>

#include "physion/generate.h"

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "figment_worker is started by `figment physion generate`\n");
    return 2;
  }
  figment::physion::ServeSlots(argv[1], argv[2], argv[3]);
  return 0;
}
