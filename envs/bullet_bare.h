// Bullet with nothing around it: the yardstick for what our World costs. Not a World: Bullet's own contacts and rules
// for friction and restitution, no checks, no saves; the solver's settings are our World's.
#pragma once

#include <functional>

#include "envs/world.h"

namespace figment::envs {

// A function that calls stepSimulation once, then reads every body's pose and velocities and every contact point with
// its pair, place, normal, impulse and distance; it returns the sum of the impulses. For scenes of boxes on the ground.
std::function<double()> BareBulletLoop(const Scene& scene, const WorldConfig& config);

}  // namespace figment::envs
