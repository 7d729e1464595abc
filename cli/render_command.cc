#include <memory>

#include "cli/commands.h"
#include "lab/render_model.h"

namespace figment::cli {

void AddRenderModel(CLI::App& app, Action* action) {
  CLI::App* command = app.add_subcommand("render", "A picture of any MuJoCo model (MJCF)");
  const auto options = std::make_shared<lab::RenderModelOptions>();
  command->add_option("model", options->model, "the model, .xml or .mjb")->required();
  command->add_option("--out", options->out, "the picture, .png; or .npy for several [N, H, W, 3]")->required();
  command->add_option("--camera", options->camera, "one of the model's, or free: all of it")->capture_default_str();
  command->add_option("--positions", options->positions, "generalised positions, .npy [nq] or [N, nq]: a picture each");
  command->add_option("--steps", options->steps, "timesteps to simulate before the picture")->capture_default_str();
  command->add_option("--quality", options->quality, "draft, standard, high or faithful")->capture_default_str();
  command->add_option("--device", options->device, "auto, cpu or gpu:N")->capture_default_str();
  command->add_option("--width", options->width, "pixels")->capture_default_str();
  command->add_option("--height", options->height, "pixels")->capture_default_str();
  command->add_option("--hide", options->hidden_groups, "geom groups not to draw")->capture_default_str()->delimiter(',');
  command->callback([=] {
    *action = [=] {
      lab::RenderModel(*options);
      return 0;
    };
  });
}

}  // namespace figment::cli
