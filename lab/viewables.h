// What `figment view` can show: a scenario of Physion, Mental-Pong, a task of the rodent.
#pragma once

#include <string>
#include <vector>

#include "base/table.h"
#include "lab/viewer.h"
#include "render/renderer.h"

namespace figment::lab {

struct ViewableOptions {
  int size = 512;                      // pixels of the square picture
  render::Quality quality = render::Quality::kStandard;
  std::string device = "auto";         // as RenderConfig
  std::string config;                  // of a Physion scenario, as for `figment physion preview`
};

// By name: a scenario ("drop"), "pong", a task of the rodent ("maze_forage"). Throws base::Error with the nearest name.
Viewable MakeViewable(const std::string& name, const ViewableOptions& options);

base::Table ViewableTable();  // name, what, arrow keys

}  // namespace figment::lab
