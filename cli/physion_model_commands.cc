#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/print.h"
#include "physion/models.h"

namespace figment::cli {

void AddPhysionModels(CLI::App& physion, Action* action) {
  CLI::App* command = physion.add_subcommand("models", "Check and list a folder of your own models; make their convex parts");
  struct Options {
    std::string folder;
    bool make_parts = false, json = false;
    int most_parts = 16;
  };
  const auto options = std::make_shared<Options>();
  command->add_option("DIR", options->folder, "the folder, as for generate --models")->required();
  command->add_flag("--make-parts", options->make_parts,
                    "write NAME.parts.obj for every model without parts, so that it may move");
  command->add_option("--most-parts", options->most_parts, "at most this many parts a model")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_flag("--json", options->json, "print as JSON");
  command->callback([=] {
    *action = [=] {
      if (options->make_parts)
        for (const auto& made : physion::MakeParts(options->folder, options->most_parts))
          std::fprintf(stderr, "made %s\n", made.c_str());
      const physion::Models models = physion::ReadModels(options->folder);
      if (options->json) Print(physion::ModelsJson(models));
      else Print(physion::ModelsTable(models), Format::kText);
      return 0;
    };
  });
}

}  // namespace figment::cli
