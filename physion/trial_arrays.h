// A trial as the arrays of its file: the reference's frame (left-handed, y up), its types, objects in creation order.
// Row-major; `ids` are the reference's object ids.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "physion/simulate.h"

namespace figment::physion {

using Floats = std::vector<float>;

// Sides of an object's box, in the order of ObjectArrays::sides. The box is the model's own, turned with the object;
// for cloth it is the axis-aligned box of the particles. front = +z, right = +x, top = +y of the model.
inline constexpr std::array<const char*, 7> kSideNames = {"front", "back", "left", "right", "top", "bottom", "center"};

// frames/NNNN/objects
struct ObjectArrays {
  Floats positions, forwards;           // [N, 3]
  Floats rotations;                     // [N, 4] x y z w
  Floats velocities, angular_velocities;  // [N, 3] of the centre of mass; rad/s
  std::array<Floats, 7> sides;          // each [N, 3]
};
void FillObjectArrays(const Trial& trial, const envs::SceneState& state, ObjectArrays& out);

// frames/NNNN/collisions and env_collisions
struct CollisionArrays {
  std::vector<int32_t> ids;             // [C, 2]
  Floats relative_velocities;           // [C, 3]
  Floats contacts;                      // [K, 2, 3] normal, point
  std::vector<std::string> states;      // [C] enter, stay, exit
  std::vector<int32_t> env_ids;         // [E] objects that touch the room
  Floats env_contacts;                  // [L, 2, 3]
};
void FillCollisionArrays(const Trial& trial, const FrameRecord& record, CollisionArrays& out);

// ext/contacts: the contact points of all frames in a row.
struct ContactTable {
  std::vector<int32_t> frame;           // [M]
  std::vector<int32_t> ids;             // [M, 2] second: -1 = floor, -2 = wall
  std::vector<int32_t> pair;            // [M] row of the frame's collisions/object_ids, -1 = room
  Floats points, normals;               // [M, 3] normal from the second to the first
  Floats impulses, distances;           // [M] N s along the normal; m, negative = penetration
};
void AddContacts(const Trial& trial, const FrameRecord& record, int frame, ContactTable& out);

// particles/<id> [P, 4] (xyz, inverse mass of the particle) and velocities/<id> [P, 3]. This one is of cloth.
struct ParticleArrays {
  Floats particles, velocities;
};
void FillParticleArrays(const envs::Cloth& cloth, const envs::ClothState& state, ParticleArrays& out);

// camera_matrices: row by row. Camera space looks along -z, y up (as Unity and OpenGL have it).
struct CameraArrays {
  std::array<float, 16> projection, world_to_camera;
};
CameraArrays CameraMatrices(const envs::Camera& camera, double aspect);

}  // namespace figment::physion
