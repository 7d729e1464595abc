// What the rodent senses: the observables of dm_control's Rat, in its order, 158 numbers.
//
// Frames and units: docs/rodent.md. Vestibular signals are in the frame of the head site, limbs in that of the torso.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/table.h"
#include "rodent/physics.h"

namespace figment::rodent {

struct Observable {
  const char* name;  // without "walker/"
  int size;
  const char* unit;
  const char* what;
  void (*write)(const Physics& physics, double* out);
};

const std::vector<Observable>& Observables();

// Names in the order of Observables(): `all` (158 numbers) or `unplugged` (the 107 that RL Unplugged keeps), or a
// comma-separated list of names, in its order. Throws base::Error on an unknown name.
std::vector<const Observable*> ObservableSet(const std::string& names);

// Name, size, offsets in `all` and `unplugged`, unit, what.
base::Table ObservableTable();

int TotalSize(std::span<const Observable* const> observables);

// Writes all, one behind the other.
void WriteObservables(const Physics& physics, std::span<const Observable* const> observables, double* out);

}  // namespace figment::rodent
