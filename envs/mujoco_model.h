// Owners of MuJoCo's objects, without MuJoCo's headers: mjModel (constant), mjData (all that changes), mjSpec (a model
// being written). One model and data per world; nothing here is shared between threads.
#pragma once

#include <memory>

struct mjModel_;
struct mjData_;
struct mjSpec_;

namespace figment::envs {

struct MujocoDelete {
  void operator()(mjModel_* model) const;
  void operator()(mjData_* data) const;
  void operator()(mjSpec_* spec) const;
};

using MujocoModel = std::unique_ptr<mjModel_, MujocoDelete>;
using MujocoData = std::unique_ptr<mjData_, MujocoDelete>;
using MujocoSpec = std::unique_ptr<mjSpec_, MujocoDelete>;

// An empty specification. Throws base::Error if the library loaded is not the version compiled against.
MujocoSpec MakeMujocoSpec();

// Throws base::Error with MuJoCo's own words if the specification is not valid.
MujocoModel Compile(mjSpec_& spec);

// The state at the model's start pose, with kinematics not yet computed.
MujocoData MakeMujocoData(const mjModel_& model);

}  // namespace figment::envs
