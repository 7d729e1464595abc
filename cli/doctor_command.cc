#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "lab/doctor.h"

namespace figment::cli {

void AddDoctor(CLI::App& app, Action* action) {
  CLI::App* command = app.add_subcommand("doctor", "What this machine offers, and what is missing");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "print as JSON");
  command->callback([=] {
    *action = [=] {
      const auto report = lab::Examine();
      std::printf("%s\n", (*json ? report.dump(1) : lab::ToText(report)).c_str());
      return report.at("problems").empty() ? 0 : 1;
    };
  });
}

}  // namespace figment::cli
