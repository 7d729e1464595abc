#include "rodent/body.h"

#include <mujoco/mujoco.h>

#include <algorithm>

#include "base/check.h"
#include "base/error.h"

namespace figment::rodent {
namespace {

const std::array<const char*, 4> kEndEffectors = {"lower_arm_R", "lower_arm_L", "foot_R", "foot_L"};

void SetGrey(float (&colour)[3], float value) { std::fill_n(colour, 3, value); }

// As dm_control's Rat: the gain is the upper force limit and there is no bias.
void MakeTorqueActuators(mjSpec& body) {
  for (mjsElement* element = mjs_firstElement(&body, mjOBJ_ACTUATOR); element != nullptr;
       element = mjs_nextElement(&body, element)) {
    mjsActuator& actuator = *mjs_asActuator(element);
    std::fill_n(actuator.gainprm, mjNGAIN, 0.0);
    actuator.gainprm[0] = actuator.forcerange[1];
    actuator.biastype = mjBIAS_NONE;
    std::fill_n(actuator.biasprm, mjNBIAS, 0.0);
  }
}

void SetRange(mjSpec& body, const std::string& joint, double low, double high) {
  mjsElement* const element = mjs_findElement(&body, mjOBJ_JOINT, joint.c_str());
  if (element == nullptr) throw base::Error("rodent.xml has no joint '" + joint + "'");
  mjs_asJoint(element)->range[0] = low;
  mjs_asJoint(element)->range[1] = high;
}

// The ranges of dm_control's foot_mods.
void WidenFeet(mjSpec& body) {
  for (const std::string side : {"L", "R"}) {
    SetRange(body, "ankle_" + side, -0.1, 2.0);
    SetRange(body, "toe_" + side, -0.7, 0.87);
  }
}

envs::MujocoSpec ReadBody(const Assets& assets, const BodyOptions& options) {
  char message[1000] = "";
  envs::MujocoSpec body(mj_parseXML(assets.body().c_str(), nullptr, message, sizeof(message)));
  if (!body) throw base::Error(assets.body().string() + " cannot be read: " + message);
  if (!options.skin) {
    while (mjsElement* skin = mjs_firstElement(body.get(), mjOBJ_SKIN)) mjs_delete(body.get(), skin);
  }
  if (options.torque_actuators) MakeTorqueActuators(*body);
  if (options.foot_mods) WidenFeet(*body);
  return body;
}

void AddEffectorSensors(mjSpec& arena) {
  for (const char* name : kEndEffectors) {
    mjsSensor& sensor = *mjs_addSensor(&arena);
    const std::string prefixed = std::string("walker/") + name;
    mjs_setName(sensor.element, (prefixed + "_end_effector").c_str());
    sensor.type = mjSENS_FRAMEPOS;
    sensor.objtype = mjOBJ_XBODY;
    mjs_setString(sensor.objname, prefixed.c_str());
    sensor.reftype = mjOBJ_XBODY;
    mjs_setString(sensor.refname, "walker/torso");
  }
}

base::Error OtherBody(const std::string& difference) {
  return base::Error("rodent.xml is not the body of dm_control 1.0.50: " + difference);
}

int Find(const mjModel& model, mjtObj kind, const std::string& name) {
  const int id = mj_name2id(&model, kind, ("walker/" + name).c_str());
  if (id < 0) throw OtherBody("it has no " + std::string(mju_type2Str(kind)) + " '" + name + "'");
  return id;
}

int SensorPlace(const mjModel& model, const std::string& name) {
  return model.sensor_adr[Find(model, mjOBJ_SENSOR, name)];
}

void CheckSizes(const mjModel& model) {
  const auto check = [](const std::string& what, int64_t value, int64_t expected) {
    if (value != expected)
      throw OtherBody(what + " is " + std::to_string(value) + ", expected " + std::to_string(expected));
  };
  check("nq", model.nq, kPositions);
  check("nv", model.nv, kVelocities);
  check("nu", model.nu, kActuators);
  check("na", model.na, kActuators);
  check("nsensordata", model.nsensordata, kSensorValues);
}

void FindJoints(const mjModel& model, BodyParts* parts) {
  size_t found = 0;
  for (int actuator = 0; actuator < model.nu; ++actuator) {
    if (model.actuator_trntype[actuator] != mjTRN_JOINT) continue;
    if (found == parts->joint_qpos.size()) throw OtherBody("it has more than 30 actuators of joints");
    const int joint = model.actuator_trnid[2 * actuator];
    parts->joint_qpos[found] = model.jnt_qposadr[joint];
    parts->joint_dof[found++] = model.jnt_dofadr[joint];
  }
  if (found != parts->joint_qpos.size()) throw OtherBody("it has fewer than 30 actuators of joints");
}

void MakeFast(mjOption* option) {
  option->timestep = 0.002;
  option->noslip_iterations = 0;
  option->iterations = 5;
  option->tolerance = 1e-6;
  option->disableflags |= mjDSBL_MULTICCD | mjDSBL_ISLAND;
}

}  // namespace

int SubstepsOf(Profile profile) { return profile == Profile::kExact ? 20 : 10; }

envs::MujocoSpec MakeArenaSpec(Profile profile) {
  envs::MujocoSpec spec = envs::MakeMujocoSpec();
  spec->compiler.degree = 0;
  spec->compiler.boundmass = 1e-5;
  spec->compiler.boundinertia = 1e-11;
  std::copy_n("xyz", 3, spec->compiler.eulerseq);
  spec->option.cone = mjCONE_ELLIPTIC;
  spec->option.timestep = 0.001;
  spec->option.noslip_iterations = 5;
  spec->option.noslip_tolerance = 0;
  if (profile == Profile::kFast) MakeFast(&spec->option);
  // A state that blows up must be seen, not be replaced by the start pose.
  spec->option.disableflags |= mjDSBL_AUTORESET;
  spec->stat.meansize = 0.003;
  spec->visual.quality.shadowsize = 2048;
  spec->visual.map.znear = 0.01F;
  SetGrey(spec->visual.headlight.diffuse, 0.6F);
  SetGrey(spec->visual.headlight.ambient, 0.3F);
  SetGrey(spec->visual.headlight.specular, 0);
  return spec;
}

void AttachBody(mjSpec& arena, const Assets& assets, const BodyOptions& options) {
  const envs::MujocoSpec body = ReadBody(assets, options);
  mjs_setDeepCopy(&arena, 1);  // `body` does not outlive this function
  mjsBody* const root = mjs_addBody(mjs_findBody(&arena, "world"), nullptr);
  mjs_setName(root->element, "walker/");
  mjs_setName(mjs_addFreeJoint(root)->element, "walker/");
  mjsFrame* const frame = mjs_addFrame(root, nullptr);
  const mjsBody* const torso = mjs_findBody(body.get(), "torso");
  if (torso == nullptr) throw OtherBody("it has no body 'torso'");
  if (mjs_attach(frame->element, torso->element, "walker/", "") == nullptr)
    throw base::Error("the rodent cannot be attached to its arena: " + std::string(mjs_getError(&arena)));
  AddEffectorSensors(arena);
}

BodyParts FindBodyParts(const mjModel& model) {
  CheckSizes(model);
  const auto body = [&](const std::string& name) { return Find(model, mjOBJ_BODY, name); };
  BodyParts parts = {.root = body(""),
                     .torso = body("torso"),
                     .pelvis = body("pelvis"),
                     .skull = body("skull"),
                     .hand_L = body("hand_L"),
                     .hand_R = body("hand_R"),
                     .head_site = Find(model, mjOBJ_SITE, "head"),
                     .accelerometer = SensorPlace(model, "accelerometer"),
                     .velocimeter = SensorPlace(model, "velocimeter"),
                     .gyro = SensorPlace(model, "gyro"),
                     .touch = SensorPlace(model, "palm_L"),
                     .torso_velocity = SensorPlace(model, "torso"),
                     .effector_positions = SensorPlace(model, "lower_arm_R_end_effector")};
  for (size_t i = 0; i < kEndEffectors.size(); ++i) parts.end_effectors[i] = body(kEndEffectors[i]);
  FindJoints(model, &parts);
  return parts;
}

std::vector<bool> GeomsOfBody(const mjModel& model) {
  const int root = Find(model, mjOBJ_BODY, "");
  std::vector<bool> belongs(static_cast<size_t>(model.ngeom));
  for (int geom = 0; geom < model.ngeom; ++geom)
    belongs[static_cast<size_t>(geom)] = model.body_rootid[model.geom_bodyid[geom]] == root;
  return belongs;
}

std::vector<std::string> ActuatorNames(const mjModel& model) {
  std::vector<std::string> names;
  for (int i = 0; i < model.nu; ++i) names.emplace_back(std::string(mj_id2name(&model, mjOBJ_ACTUATOR, i)).substr(7));
  return names;
}

}  // namespace figment::rodent
