// What a task is: an arena, how an episode begins, what is rewarded, when it ends. One class for each, in one .cc
// file; the table of tasks (rodent/tasks.h) makes them and RodentEnv (rodent/env.h) drives them:
//
//   making      AddArena, the body, AddTargets, compile; Bind
//   an episode  Lay, Spawn, a forward pass without actuators, Begin
//   a step      BeforeStep, 20 times (a physics step, AfterSubstep), AfterStep, observations
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "envs/env.h"
#include "rodent/physics.h"

namespace figment::rodent {

// reference: as dm_control behaves, known faults included. fixed: without those that docs/rodent.md lists.
enum class Quirks { kReference, kFixed };

struct TaskOptions {
  Quirks quirks = Quirks::kReference;
};

// How the arena looks. A model that only moves has no textures and no materials.
struct Looks {
  bool drawn = false;
  Assets assets;
};

struct Outcome {
  double reward = 0;
  bool terminated = false;
  double discount = 1;  // as dm_control's: 0 only for a failure
};

class Task {
 public:
  virtual ~Task() = default;

  // The arena's geoms, bodies, cameras, headlight: before the body, and after it. Geoms and bodies are the same
  // whatever the looks.
  virtual void AddArena(mjSpec_& spec, const Looks& looks) const = 0;
  virtual void AddTargets(mjSpec_&, const Looks&) const {}

  // Finds by name what the task watches or moves. The model may also come from a recorded arena.
  virtual void Bind(const Physics&) {}

  // Writes the arena of an episode into physics.layout. Equal generators give equal arenas, whatever was there.
  virtual void Lay(Physics&, base::Rng) {}

  // Puts the body where it starts; positions and velocities are those of the start pose before.
  virtual void Spawn(Physics&, base::Rng) {}

  // Starts to watch, at the first state of an episode. The generator is for what happens during it.
  virtual void Begin(Physics&, base::Rng) {}

  virtual void BeforeStep(Physics&) {}
  virtual void AfterSubstep(Physics&) {}
  virtual Outcome AfterStep(Physics&) = 0;

  // What is observed beside the body.
  virtual std::vector<envs::ArraySpec> Observations() const { return {}; }
  virtual void WriteObservation(const Physics&, double*) const {}  // their values, one behind the other

  // Spheres to reach were recorded at these places, [n, 3]: put them there. For recorded episodes.
  virtual void PlaceTargets(Physics&, std::span<const double>) {}

  // Writes materials as they are now into a drawn model whose geoms already have the places, sizes and colours of
  // physics.model.
  virtual void Paint(mjModel_&) const {}

  // What changes during an episode beside the state of the physics.
  virtual void Save(std::vector<std::byte>*) const {}  // appends
  // Takes the bytes that Save wrote; the arena was laid and the physics restored before.
  virtual void Restore(Physics&, std::span<const std::byte>) {}
};

}  // namespace figment::rodent
