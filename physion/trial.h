// Trial: a TrialSpec turned into our Scene (right-handed, z up), ready to simulate and draw.
//
// Body b of the scene is object b of the spec, in creation order, except cloth, which is scene.cloths[0].
#pragma once

#include <optional>

#include "envs/scene.h"
#include "physion/models.h"
#include "physion/trial_spec.h"

namespace figment::physion {

struct Push {
  int frame = 0;
  int body = 0;
  base::Vec3 impulse_Ns = base::Vec3::Zero();     // world frame
  std::optional<base::Vec3> point_W;              // nullopt = centre of mass
};

struct Trial {
  TrialSpec spec;
  envs::Scene scene;
  std::vector<int> body_of_object;                // object index -> body index, or -1 for the cloth
  int zone = 0, target = 0, probe = -1;           // OBJECT indices into spec.objects; probe -1 = none
  std::optional<Push> push;
  envs::Camera camera;
};

// `models`: the user's own, by which a name is looked up first among those that are not built in. A model that nobody
// knows is drawn and simulated as its stand-in (StandInFor in physion/props.h), with a warning.
Trial MakeTrial(const TrialSpec& spec, const Models& models = NoModels());

// --- Frames. Reference: left-handed, y up; ours: right-handed, z up. (x, y, z) <-> (x, z, y), q (x y z w) <-> (-x -z -y w).
base::Vec3 FromReference(const base::Vec3& v);
base::Vec3 ToReference(const base::Vec3& v);
base::Quat FromReference(const base::Quat& q);
base::Quat ToReference(const base::Quat& q);
base::Vec3 AngularToReference(const base::Vec3& w);            // angular velocities change sign as the mirror does
base::Quat QuatFromUnityEuler(const base::Vec3& degrees);      // in the reference's frame
base::Vec3 UnityEulerFromQuat(const base::Quat& reference);    // degrees, each in [0, 360)

}  // namespace figment::physion
