// PropBuilder: assembles one level of detail of a prop out of closed pieces, and its convex collision parts.
//
// A recipe (a function that takes a builder) runs once per level and asks the builder for the numbers that differ.
// Pieces are closed, wound outwards and may overlap; collision parts must not overlap, since mass follows from them.
// Frame: z up, metres, front along +y; the finished prop is centred and fitted to its declared size afterwards.
#pragma once

#include <functional>
#include <vector>

#include "envs/scene.h"

namespace figment::physion {

// Which material slot a point of a piece's surface takes: one slot, or a function of the place.
class SlotRule {
 public:
  SlotRule(int slot) : rule_([slot](const base::Vec3&) { return slot; }) {}  // NOLINT: implicit on purpose
  explicit SlotRule(std::function<int(const base::Vec3&)> rule) : rule_(std::move(rule)) {}
  int At(const base::Vec3& point) const { return rule_(point); }

 private:
  std::function<int(const base::Vec3&)> rule_;
};

// A point of a tube's centre line and the tube's radius there.
struct TubePoint {
  base::Vec3 p;
  double radius = 0.01;
};

// A leaf or petal: a thin closed blade along a bent line from `root` to `tip`.
struct BladeSpec {
  base::Vec3 root, tip;
  double width = 0.05;
  double sag = 0.0;           // how far the middle lies above the straight line, metres (negative: below)
  base::Vec3 up = base::Vec3::UnitZ();
};

class PropBuilder {
 public:
  // Level 0 is the finest, 2 the coarsest.
  explicit PropBuilder(int level) : level_(level) {}

  int level() const { return level_; }
  int Pick(int fine, int middle, int coarse) const { return level_ == 0 ? fine : level_ == 1 ? middle : coarse; }

  // --- Pieces. Boxes with edges along the axes, turned boxes, and boxes with softened edges (plain when coarse).
  void Box(const base::Vec3& low, const base::Vec3& high, int slot);
  void Slab(const base::Pose& centre, const base::Vec3& size, int slot);
  void Cushion(const base::Vec3& low, const base::Vec3& high, double rounding, int slot);

  // A bar of square section from a to b, for legs and posts.
  void Bar(const base::Vec3& a, const base::Vec3& b, double width_a, double width_b, int slot);
  // A round tube through points, with rounded ends; `loop` joins the last point to the first.
  void Tube(const std::vector<TubePoint>& path, int slot);
  void Loop(const std::vector<TubePoint>& path, int slot);
  void Ellipsoid(const base::Pose& centre, const base::Vec3& radii, const SlotRule& slots);
  // A solid of revolution about the z axis of `pose` through (radius, z) points, from the bottom of the outside round
  // to the inside or the top. Ends off the axis are closed with a flat disc.
  void Lathe(const std::vector<base::Vec2>& profile, const SlotRule& slots, const base::Pose& pose = {});
  void Blade(const BladeSpec& blade, int slot);
  // A rectangular tube about the z axis, open above and below, given by its half sizes.
  void Frame(const base::Vec2& outer, const base::Vec2& inner, double low_z, double high_z, int slot);

  // --- Collision parts.
  void PartBox(const base::Vec3& low, const base::Vec3& high);
  void PartHull(std::vector<base::Vec3> corners);
  // A frustum of eight sides about a vertical axis.
  void PartFrustum(const base::Vec2& centre, double bottom_z, double bottom_radius, double top_z, double top_radius);

  const envs::Mesh& mesh() const { return mesh_; }
  const std::vector<envs::ConvexPart>& parts() const { return parts_; }

 private:
  using Ring = std::vector<base::Vec3>;
  enum class Ends { kClosed, kLoop };
  // Steps towards coarser facets for a round piece of this radius.
  int Detail(double radius, double small, double tiny) const;
  int TubeSides(const std::vector<TubePoint>& path) const;
  // The skin over rings of equally many points; an end ring of several points is closed with a fan.
  void Skin(const std::vector<Ring>& rings, Ends ends, const SlotRule& slots);

  int level_;
  envs::Mesh mesh_;
  std::vector<envs::ConvexPart> parts_;
};

// A smooth curve through profile points, `count` points, ends kept (Catmull-Rom by chord length).
std::vector<base::Vec2> SmoothProfile(const std::vector<base::Vec2>& points, int count);

// A recipe for one prop.
struct PropSlot {
  std::string name;
  envs::Appearance appearance;
};
struct PropRecipe {
  const char* name;
  const char* category;
  base::Vec3 size_yup;
  bool clutter;
  std::vector<PropSlot> slots;
  void (*build)(PropBuilder&);
};

}  // namespace figment::physion
