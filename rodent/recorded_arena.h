// Arenas recorded as arrays: the geoms of a MuJoCo model that do not belong to the rodent, field by field.
#pragma once

#include "files/npy.h"
#include "rodent/physics.h"

namespace figment::rodent {

// The names and meaning of the arrays: scripts/parity_dm_control.py. True if the file holds an arena.
bool HoldsArena(const files::NpzReader& file);

// The arena with the body in it, under the exact profile: geoms, bodies, height field equal to the recorded bit for
// bit. `source` names the file in errors; throws base::Error for arrays that are missing, misshapen or out of range.
envs::MujocoModel CompileRecordedArena(const files::NpzReader& file, const std::string& source, const Assets& assets);

}  // namespace figment::rodent
