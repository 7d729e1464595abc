#include "envs/mujoco_model.h"

#include <mujoco/mujoco.h>

#include <string>

#include "base/check.h"
#include "base/error.h"

namespace figment::envs {

void MujocoDelete::operator()(mjModel* model) const { mj_deleteModel(model); }
void MujocoDelete::operator()(mjData* data) const { mj_deleteData(data); }
void MujocoDelete::operator()(mjSpec* spec) const { mj_deleteSpec(spec); }

MujocoSpec MakeMujocoSpec() {
  // Warnings become a world's status; MuJoCo's own handler would print them and write a file.
  mju_user_warning = [](const char*) {};
  // The default handler ends the process; ours must not return either.
  mju_user_error = [](const char* words) { throw base::Error(std::string("MuJoCo: ") + words); };
  if (mj_version() != mjVERSION_HEADER)
    throw base::Error("the MuJoCo library loaded is version " + std::to_string(mj_version()) + ", expected " +
                      std::to_string(mjVERSION_HEADER) + " (run scripts/setup.sh and build again)");
  return MujocoSpec(mj_makeSpec());
}

MujocoModel Compile(mjSpec& spec) {
  MujocoModel model(mj_compile(&spec, nullptr));
  if (!model) throw base::Error(std::string("MuJoCo cannot build this scene: ") + mjs_getError(&spec));
  return model;
}

MujocoData MakeMujocoData(const mjModel& model) {
  MujocoData data(mj_makeData(&model));
  CHECK(data != nullptr);
  return data;
}

}  // namespace figment::envs
