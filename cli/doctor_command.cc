#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "lab/doctor.h"

namespace figment::cli {

void AddDoctor(CLI::App& app, Action* action) {
  CLI::App* command = app.add_subcommand("doctor", "What this machine offers, and what is missing");
  const auto json = std::make_shared<bool>(false), gpu = std::make_shared<bool>(false);
  const auto device = std::make_shared<std::string>("gpu:0");
  command->add_flag("--json", *json, "print as JSON");
  command->add_flag("--gpu", *gpu, "draw with a GPU and in software, compare the pictures and the speed");
  command->add_option("--device", *device, "which GPU, for --gpu")->capture_default_str();
  command->callback([=] {
    *action = [=] {
      const auto report = *gpu ? lab::ExamineGpu(*device) : lab::Examine();
      const std::string text = *json ? report.dump(1) : *gpu ? lab::GpuToText(report) : lab::ToText(report);
      std::printf("%s\n", text.c_str());
      return report.at("problems").empty() ? 0 : 1;
    };
  });
}

}  // namespace figment::cli
