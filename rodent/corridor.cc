#include "rodent/corridor.h"

#include <cmath>

namespace figment::rodent {

std::vector<Platform> DrawPlatforms(const CorridorConfig& config, base::Rng& rng) {
  std::vector<Platform> platforms = {{config.start_length / 2, config.start_length / 2}};
  for (double x = config.start_length; x < config.length;) {
    const double length = rng.Uniform(config.least_platform, config.most_platform);
    platforms.push_back({x + length / 2, length / 2});
    x += length + rng.Uniform(config.least_gap, config.most_gap);
  }
  return platforms;
}

int MostPlatforms(const CorridorConfig& config) {
  // One more for the start, and one because sums of the smallest lengths are rounded.
  return 2 + static_cast<int>(std::ceil((config.length - config.start_length) /
                                        (config.least_platform + config.least_gap)));
}

}  // namespace figment::rodent
