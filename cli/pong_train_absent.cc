// The commands that need torch, in a build without it.
#include "base/error.h"
#include "cli/commands.h"

namespace figment::cli {

void AddPongTraining(CLI::App& pong, Action* action) {
  for (const char* name : {"train", "features"}) {
    CLI::App* command = pong.add_subcommand(name, "Needs the full build");
    command->allow_extras();
    command->callback([=] {
      *action = [=]() -> int {
        throw base::Error("`figment pong " + std::string(name) +
                          "` needs the full build, which has torch: scripts/setup.sh --full && cmake --preset full && "
                          "cmake --build --preset full; then build-full/figment pong " + name);
      };
    });
  }
}

}  // namespace figment::cli
