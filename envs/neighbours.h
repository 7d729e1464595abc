// How many collision parts each body has near it, which is what PhysX 4 weighs rest with (public repository
// NVIDIAGameWorks/PhysX, physx/source/simulationcontroller/src/ScShapeInteraction.cpp, registerCountedInteraction): pairs
// of shapes whose bounds overlap, whether they touch or not, and the joints of a body.
//
// The bounds of a part are a box along the world's axes about the part's box in its body's frame, widened by Unity's
// default contact offset. The floor counts as one shape, each wall that collides as one.
#pragma once

#include <functional>
#include <vector>

#include "envs/scene.h"

namespace figment::envs {

class NeighbourCount {
 public:
  explicit NeighbourCount(const Scene& scene);

  // Looks at the bodies that move: `pose` is a body's X_WB. Pairs of bodies at rest are passed over, as `is_awake` says,
  // so that the counts are those of bodies awake only.
  void Update(const std::function<base::Pose(int)>& pose, const std::function<bool(int)>& is_awake);
  int of(int body) const { return counts_[static_cast<size_t>(body)]; }

 private:
  struct Box {
    base::Vec3 low, high;
    bool Meets(const Box& other) const {
      return (low.array() <= other.high.array()).all() && (other.low.array() <= high.array()).all();
    }
  };
  struct BodyBounds {
    std::vector<Box> parts_B;            // in the body's frame
    std::vector<Box> parts_W;            // in the world, widened
    Box all_W;
    bool moves = false;
    int group = 0, joints = 0;           // bodies of one group are tied together and do not meet
  };
  static void Place(const base::Pose& X_WB, BodyBounds& body);

  std::vector<BodyBounds> bodies_;
  std::vector<Box> fixtures_;
  double floor_m_;
  std::vector<int> counts_;
};

}  // namespace figment::envs
