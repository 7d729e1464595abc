#include "rodent/observations.h"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/names.h"
#include "base/text.h"

namespace figment::rodent {
namespace {

constexpr double kTouchThreshold = 1e-3;  // of dm_control's walkers

void Activation(const Physics& physics, double* out) { std::copy_n(physics.data->act, kActuators, out); }

void Appendages(const Physics& physics, double* out) {
  const double* const places = physics.data->xpos;
  for (size_t i = 0; i < 4; ++i) WriteFromTorso(physics, places + 3 * physics.parts.end_effectors[i], out + 3 * i);
  WriteFromTorso(physics, places + 3 * physics.parts.skull, out + 12);
}

void Height(const Physics& physics, double* out) { *out = physics.data->xpos[3 * physics.parts.torso + 2]; }

void EndEffectors(const Physics& physics, double* out) {
  std::copy_n(physics.data->sensordata + physics.parts.effector_positions, 12, out);
}

void JointPositions(const Physics& physics, double* out) {
  for (const int place : physics.parts.joint_qpos) *out++ = physics.data->qpos[place];
}

void JointVelocities(const Physics& physics, double* out) {
  for (const int place : physics.parts.joint_dof) *out++ = physics.data->qvel[place];
}

void Accelerometer(const Physics& physics, double* out) {
  std::copy_n(physics.data->sensordata + physics.parts.accelerometer, 3, out);
}

void Gyro(const Physics& physics, double* out) {
  std::copy_n(physics.data->sensordata + physics.parts.gyro, 3, out);
}

void Touch(const Physics& physics, double* out) {
  for (int i = 0; i < 4; ++i) out[i] = physics.data->sensordata[physics.parts.touch + i] > kTouchThreshold ? 1 : 0;
}

void Velocimeter(const Physics& physics, double* out) {
  std::copy_n(physics.data->sensordata + physics.parts.velocimeter, 3, out);
}

void TendonLengths(const Physics& physics, double* out) { std::copy_n(physics.data->ten_length, 8, out); }
void TendonVelocities(const Physics& physics, double* out) { std::copy_n(physics.data->ten_velocity, 8, out); }

void WorldUp(const Physics& physics, double* out) {
  std::copy_n(physics.data->xmat + 9 * physics.parts.torso + 6, 3, out);
}

// Published as the observations of the rodent data sets of RL Unplugged (Gulcehre et al. 2020).
constexpr const char* kUnplugged =
    "joints_pos,joints_vel,tendons_pos,tendons_vel,appendages_pos,world_zaxis,sensors_accelerometer,sensors_gyro,"
    "sensors_velocimeter,sensors_touch";

const Observable* FindObservable(const std::string& name) {
  if (name == "all" || name == "unplugged")
    throw base::UsageError("observation '" + name + "' stands alone: expected it without others");
  if (const Observable* const observable = base::FindNamedOrNull(name, Observables())) return observable;
  std::vector<std::string> names = base::NamesOf(Observables());
  names.insert(names.begin(), {"all", "unplugged"});
  throw base::UnknownName("observation", name, names);
}

}  // namespace

const std::vector<Observable>& Observables() {
  static const std::vector<Observable> observables = {
      {"actuator_activation", 38, "", "filtered actions", Activation},
      {"appendages_pos", 15, "m", "lower arms R and L, feet R and L, skull; from the torso, in its axes", Appendages},
      {"body_height", 1, "m", "height of the torso", Height},
      {"end_effectors_pos", 12, "m", "lower arms R and L, feet R and L; from the torso, in its axes", EndEffectors},
      {"joints_pos", 30, "rad", "hinges with an actuator of their own", JointPositions},
      {"joints_vel", 30, "rad/s", "the same", JointVelocities},
      {"sensors_accelerometer", 3, "m/s^2", "of the head, in its axes, gravity included", Accelerometer},
      {"sensors_gyro", 3, "rad/s", "of the head, in its axes", Gyro},
      {"sensors_touch", 4, "", "1 if palm L, palm R, sole L, sole R is pressed", Touch},
      {"sensors_velocimeter", 3, "m/s", "of the head, in its axes", Velocimeter},
      {"tendons_pos", 8, "rad", "lengths of the spine's and tail's tendons: weighted sums of angles", TendonLengths},
      {"tendons_vel", 8, "rad/s", "the same", TendonVelocities},
      {"world_zaxis", 3, "", "the world's up in the axes of the torso", WorldUp}};
  return observables;
}

std::vector<const Observable*> ObservableSet(const std::string& names) {
  std::vector<const Observable*> set;
  if (names == "all") {
    for (const Observable& observable : Observables()) set.push_back(&observable);
    return set;
  }
  for (const std::string& name : base::SplitAt(names == "unplugged" ? kUnplugged : names, ',')) {
    if (name.empty()) continue;
    const Observable* const observable = FindObservable(name);
    if (std::find(set.begin(), set.end(), observable) != set.end())
      throw base::UsageError("observation '" + name + "' is listed twice");
    set.push_back(observable);
  }
  if (set.empty()) throw base::UsageError("no observations are named: expected all, unplugged or a list of names");
  return set;
}

base::Table ObservableTable() {
  base::Table table = {.title = "Observations of the body",
                       .columns = {"name", "size", "place in all", "in unplugged", "unit", "what"}};
  const std::vector<const Observable*> unplugged = ObservableSet("unplugged");
  const auto place = [](const std::vector<const Observable*>& set, const Observable& wanted) {
    int place = 0;
    for (const Observable* observable : set) {
      if (observable == &wanted) return base::Cell(place);
      place += observable->size;
    }
    return base::Cell();
  };
  const std::vector<const Observable*> all = ObservableSet("all");
  for (const Observable& observable : Observables())
    table.rows.push_back({observable.name, observable.size, place(all, observable), place(unplugged, observable),
                          observable.unit, observable.what});
  return table;
}

int TotalSize(std::span<const Observable* const> observables) {
  int total = 0;
  for (const Observable* observable : observables) total += observable->size;
  return total;
}

void WriteObservables(const Physics& physics, std::span<const Observable* const> observables, double* out) {
  for (const Observable* observable : observables) {
    observable->write(physics, out);
    out += observable->size;
  }
}

}  // namespace figment::rodent
