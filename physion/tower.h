// Towers: objects stacked on each other at the centre, as support stacks blocks, contain its contents, link its rings.
#pragma once

#include <vector>

#include "physion/common_scene.h"

namespace figment::physion {

struct TowerRules {
  std::vector<std::string> models;
  int count = 0;
  double density = 1;               // factor on the mass of a block (support 1, contain and link .25)
};

// Blocks from the bottom up, each at the top of the last, as mscale, mgrad, mrot, mmass and spacing_jitter say, with
// friction U(0, .9) and bounce U(0, 1). `height_m` is the height they stand at and becomes that of their top.
// Returns the indices of the blocks in draft.spec.objects.
std::vector<size_t> StackBlocks(SceneDraft& draft, const TowerRules& rules, double& height_m);

}  // namespace figment::physion
