// A Scene as a MuJoCo model: what MujocoWorld steps.
//
// Bodies that joints hold together (a group) become one MuJoCo body, so that a joint cannot drift. A moving group has a
// free joint and the frame G: origin at its centre of mass, axes along its principal axes of inertia; then MuJoCo's
// mass matrix is diagonal. Fixed groups, fixtures and the ground are geoms of MuJoCo's world body.
//
// Boxes, round cylinders and spheres are exact geoms; every other convex part is a mesh geom. MuJoCo finds at most
// three points between a plane and a mesh, all near one corner, so mesh geoms ignore the ground plane and the world
// makes those contacts from `hulls`.
#pragma once

#include <vector>

#include "envs/mass_properties.h"
#include "envs/mujoco_model.h"
#include "envs/world.h"

namespace figment::envs {

struct MujocoGroup {
  std::vector<int> bodies;           // indices into Scene::bodies
  std::vector<base::Pose> X_GB;      // [bodies]
  base::Pose X_WG;                   // start pose
  double mass_kg = 0;
  base::Vec3 moments = base::Vec3::Zero();  // of inertia about the axes of G
  double linear_damping = 0, angular_damping = 0;  // means of the members, weighted by mass
};

// The corners of the mesh geoms of one body, in the frame of its group.
struct MujocoHull {
  int body = 0;
  int group = 0;
  int geom = 0;                      // stands for the body's mesh geoms in contacts
  std::vector<base::Vec3> vertices_G;
};

struct MujocoScene {
  MujocoModel model;
  std::vector<MujocoGroup> groups;   // those that move; group k has MuJoCo's dofs 6k..6k+5 and qpos 7k..7k+6
  std::vector<int> group_of_body;    // -1: fixed
  std::vector<int> body_of_geom;     // Scene body, kGroundId or kFixtureId
  std::vector<MujocoHull> hulls;     // of moving bodies
  int ground_geom = 0;
};

// Bodies whose spheres or whose contact with the ground come closer than this are seen before they touch.
inline constexpr double kSpeculativeMarginM = 0.05;

// Throws base::Error for cloth.
MujocoScene BuildMujocoScene(const Scene& scene, const WorldConfig& config, double timestep_s);

}  // namespace figment::envs
