// Contacts for Bullet from our own geometry (envs/polyhedron.h), in place of its GJK: exact distances without margins,
// a whole face contact at once, contacts a little before the surfaces meet, and no points left over from earlier steps
// (only the friction's memory of the pair, envs/patch_solver.h). Included by .cc files of envs/ only.
#pragma once

#include <btBulletDynamicsCommon.h>

#include <memory>

#include "envs/polyhedron.h"

namespace figment::envs {

// Teaches a dispatcher these contacts between balls, boxes, convex hulls and planes. Boxes and hulls must carry their
// Polyhedron as user pointer. Must outlive the dispatcher's last step.
class ExactContacts {
 public:
  ExactContacts();
  ~ExactContacts();
  void Register(btCollisionDispatcher& dispatcher);
  // Bytes of the largest of our collision algorithms, for Bullet's memory pool.
  static int LargestAlgorithm();

 private:
  struct Makers;
  std::unique_ptr<Makers> makers_;
};

}  // namespace figment::envs
