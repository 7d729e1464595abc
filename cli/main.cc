// The `figment` command. Exit status: 0, 1 (failed), 2 (usage), 128 + signal (asked to stop).
#include <cstdio>
#include <exception>

#include "base/error.h"
#include "base/version.h"
#include "cli/commands.h"

namespace {

constexpr int kFailed = 1, kUsage = 2;

// The deepest sub-command that was chosen.
const CLI::App& ChosenCommand(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : ChosenCommand(*chosen.front());
}

// "figment physion import", as far as it was chosen.
std::string WordsOf(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return app.get_name() + (chosen.empty() ? "" : " " + WordsOf(*chosen.front()));
}

std::string UsageMessage(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = ChosenCommand(app);
  const auto extras = app.remaining(true);
  if (extras.empty()) return error.what();
  const bool is_flag = extras.front().starts_with("-");
  std::vector<std::string> choices = figment::cli::FlagNames(command);
  if (!is_flag) {
    choices.clear();
    for (const CLI::App* sub : command.get_subcommands([](const CLI::App*) { return true; }))
      choices.push_back(sub->get_name());
  }
  const std::string what = is_flag ? "flag of '" + command.get_name() + "'" : "command";
  if (!is_flag && choices.empty()) return "'" + command.get_name() + "' takes no argument '" + extras.front() + "'";
  return figment::base::UnknownName(what, extras.front(), choices).what();
}

int Run(int argc, char** argv) {
  CLI::App app("Figment: a simulator and laboratory for mental simulation.", "figment");
  app.set_version_flag("--version", std::string("figment ") + figment::base::kVersion);
  app.require_subcommand(1);
  figment::cli::Action action;
  figment::cli::AddPhysion(app, &action);
  figment::cli::AddPong(app, &action);
  figment::cli::AddRodent(app, &action);
  figment::cli::AddRenderModel(app, &action);
  figment::cli::AddView(app, &action);
  figment::cli::AddBench(app, &action);
  figment::cli::AddDoctor(app, &action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help, --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "error: %s\n", UsageMessage(app, error).c_str());
    std::fprintf(stderr, "Run `%s --help` for what is valid.\n", WordsOf(app).c_str());
    return kUsage;
  }
  return action();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Run(argc, argv);
  } catch (const figment::base::Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return error.kind() == figment::base::ErrorKind::kUsage ? kUsage : kFailed;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return kFailed;
  }
}
