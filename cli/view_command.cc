#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "lab/viewables.h"
#include "lab/viewer.h"

namespace figment::cli {
namespace {

struct ViewSettings {
  std::string name, quality = render::QualityNames()[static_cast<size_t>(render::Quality::kStandard)];
  lab::ViewableOptions viewable;
  lab::ViewerOptions viewer;
  bool list = false;
};

int View(const ViewSettings& settings) {
  if (settings.list) {
    Print(lab::ViewableTable(), Format::kText);
    return 0;
  }
  const std::filesystem::path picture = settings.viewer.picture;
  if (!picture.empty() && picture.extension() != ".png")
    throw base::UsageError("--picture " + picture.string() + ": expected a .png file");
  lab::ViewableOptions options = settings.viewable;
  options.quality = render::ParseQuality(settings.quality);
  lab::Viewable viewable = lab::MakeViewable(settings.name, options);
  std::fprintf(stderr, "%s. Keys:\n%s", viewable.title.c_str(), lab::KeyHelp(viewable).c_str());
  lab::RunViewer(std::move(viewable), settings.viewer);
  return 0;
}

}  // namespace

void AddView(CLI::App& app, Action* action) {
  CLI::App* command = app.add_subcommand("view", "A window on a Physion trial, Mental-Pong or a rodent task");
  const auto settings = std::make_shared<ViewSettings>();
  command->add_option("NAME", settings->name, "what to show, see --list");
  command->add_flag("--list", settings->list, "print what can be shown");
  command->add_option("--seed", settings->viewer.seed, "seed of the first trial or episode")->capture_default_str();
  command->add_option("--config", settings->viewable.config, "of a Physion scenario; otherwise drawn by the seed");
  command->add_option("--size", settings->viewable.size, "side of the picture, pixels")
      ->check(CLI::Range(32, 2048))
      ->capture_default_str();
  command->add_option("--quality", settings->quality, "draft, standard, high or faithful")->capture_default_str();
  command->add_option("--device", settings->viewable.device, "auto, cpu or gpu:N")->capture_default_str();
  command->add_option("--frames", settings->viewer.frames, "close after as many; 0 = stay open")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--keys", settings->viewer.keys, "keys to press, one a frame, - for none; time then goes by frames")
      ->delimiter(',');
  command->add_option("--picture", settings->viewer.picture, "write what the window showed last, .png");
  command->callback([=] {
    if (settings->name.empty() && !settings->list) throw CLI::RequiredError("NAME, or --list");
    *action = [=] { return View(*settings); };
  });
}

}  // namespace figment::cli
