#include "envs/polyhedron.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace figment::envs {
namespace {

using base::Vec3;

// An axis through two edges must beat the best face by this much (metres, and share of the depth): near a face
// contact both describe the same thing, and the face gives more points.
constexpr double kEdgeAdvantage = 1e-4, kEdgeRelativeAdvantage = 0.02;
// Pairs of edges are looked at this far beyond the overlap.
constexpr double kEdgeRange = 0.005;
// Face b must beat face a likewise, so that rounding does not make the choice flicker.
constexpr double kFaceAdvantage = 1e-6;
// Edges whose faces differ by less than about a degree separate nothing that the faces do not.
constexpr double kFlatEdgeCosine = 0.9998;

const Vec3& At(const std::vector<Vec3>& points, int index) { return points[static_cast<size_t>(index)]; }

double LowestAlong(const std::vector<Vec3>& points, const Vec3& direction) {
  double lowest = std::numeric_limits<double>::infinity();
  for (const Vec3& p : points) lowest = std::min(lowest, direction.dot(p));
  return lowest;
}

struct FaceAxis {
  double separation = -std::numeric_limits<double>::infinity();
  int face = -1;
};

// The face of `polyhedron` from whose plane the other's corners keep farthest. Stops early beyond `reach`.
FaceAxis BestFace(const Polyhedron& polyhedron, const std::vector<Vec3>& other, double reach) {
  FaceAxis best;
  for (size_t f = 0; f < polyhedron.faces.size(); ++f) {
    const auto& face = polyhedron.faces[f];
    const double separation = LowestAlong(other, face.normal) - face.offset;
    if (separation > best.separation) best = {separation, static_cast<int>(f)};
    if (separation > reach) break;
  }
  return best;
}

struct EdgeAxis {
  double separation = -std::numeric_limits<double>::infinity();
  int edge_a = -1, edge_b = -1;
  Vec3 normal;  // from a to b
};

// Edges within `range` of the other's ball and of the half-space beyond `low` along `direction`.
void NearEdges(const Polyhedron& polyhedron, const std::vector<Vec3>& vertices, const Vec3& other_centre,
               double other_radius, const Vec3& direction, double low, double range, std::vector<int>& near) {
  near.clear();
  for (size_t e = 0; e < polyhedron.edges.size(); ++e) {
    const auto& edge = polyhedron.edges[e];
    const Vec3 &p = At(vertices, edge.from), &q = At(vertices, edge.to);
    if (std::max(direction.dot(p), direction.dot(q)) < low - range) continue;
    const double room = other_radius + range + (q - p).norm() / 2;
    if (((p + q) / 2 - other_centre).squaredNorm() < room * room) near.push_back(static_cast<int>(e));
  }
}

// The best axis through an edge of each, among pairs whose arcs on the Gauss map cross: only these can separate.
EdgeAxis BestEdges(const Polyhedron& a, const Polyhedron& b, const Eigen::Matrix3d& R_AB, const TouchScratch& scratch) {
  EdgeAxis best;
  for (int index_b : scratch.edges_b) {
    const auto& edge_b = b.edges[static_cast<size_t>(index_b)];
    const Vec3 p_b = At(scratch.b_in_a, edge_b.from), along_b = At(scratch.b_in_a, edge_b.to) - p_b;
    const Vec3 c = -(R_AB * edge_b.left), d = -(R_AB * edge_b.right);
    for (int index_a : scratch.edges_a) {
      const auto& edge_a = a.edges[static_cast<size_t>(index_a)];
      const Vec3& p_a = At(a.vertices, edge_a.from);
      const Vec3 along_a = At(a.vertices, edge_a.to) - p_a;
      const double c_a = c.dot(along_a), d_a = d.dot(along_a);
      const double a_b = edge_a.left.dot(along_b), b_b = edge_a.right.dot(along_b);
      if (c_a * d_a >= 0 || a_b * b_b >= 0 || c_a * b_b <= 0) continue;
      Vec3 normal = along_a.cross(along_b);
      const double length = normal.norm();
      if (length < 1e-3 * along_a.norm() * along_b.norm()) continue;  // parallel: a face separates as well
      normal /= length;
      if (normal.dot(edge_a.left + edge_a.right) < 0) normal = -normal;
      const double separation = normal.dot(p_b - p_a);
      if (separation > best.separation) best = {separation, index_a, index_b, normal};
    }
  }
  return best;
}

// Keeps the part of the polygon behind a plane.
void Clip(const std::vector<Vec3>& in, const Vec3& normal, double offset, std::vector<Vec3>& out) {
  out.clear();
  for (size_t k = 0; k < in.size(); ++k) {
    const Vec3 &from = in[k], &to = in[(k + 1) % in.size()];
    const double d0 = normal.dot(from) - offset, d1 = normal.dot(to) - offset;
    if (d0 <= 0) out.push_back(from);
    if ((d0 < 0 && d1 > 0) || (d0 > 0 && d1 < 0)) out.push_back(from + d0 / (d0 - d1) * (to - from));
  }
}

// Points whose distances differ by less carry together; what is farther from the surface only looks ahead.
constexpr double kCarryingRange = 0.002;

// Adds the point farthest from those chosen, or nothing if all places are taken.
void AddFarthest(const std::vector<Touch::Point>& points, Touch& touch) {
  double best = 0;
  const Touch::Point* farthest = nullptr;
  for (const auto& point : points) {
    double nearest = std::numeric_limits<double>::infinity();
    for (size_t k = 0; k < touch.count; ++k)
      nearest = std::min(nearest, (point.on_b - touch.points[k].on_b).squaredNorm());
    if (nearest > best) best = nearest, farthest = &point;
  }
  if (farthest) touch.points[touch.count++] = *farthest;
}

// Four of the points: those that carry, as far apart as can be; then, where fewer than four carry, others.
void KeepFour(std::vector<Touch::Point>& points, const Vec3& normal, Touch& touch) {
  touch.count = 0;
  if (points.size() <= 4) {
    for (const auto& point : points) touch.points[touch.count++] = point;
    return;
  }
  double deepest = std::numeric_limits<double>::infinity();
  for (const auto& point : points) deepest = std::min(deepest, point.distance);
  const auto looking_ahead = std::stable_partition(points.begin(), points.end(), [&](const Touch::Point& point) {
    return point.distance < deepest + kCarryingRange;
  });
  const size_t carrying = static_cast<size_t>(looking_ahead - points.begin());
  if (carrying <= 4) {
    for (size_t k = 0; k < carrying; ++k) touch.points[touch.count++] = points[k];
    for (size_t k = touch.count; k < 4; ++k) AddFarthest(points, touch);
    return;
  }
  points.resize(carrying);
  // A start that moves little when the bodies do: the extreme along an axis of the frame.
  Eigen::Index axis;
  normal.cwiseAbs().minCoeff(&axis);
  const auto best = [&](auto score) {
    return *std::max_element(points.begin(), points.end(), [&](const Touch::Point& p, const Touch::Point& q) {
      return score(p.on_b) < score(q.on_b);
    });
  };
  const Touch::Point first = best([&](const Vec3& p) { return p[axis]; });
  const Touch::Point second = best([&](const Vec3& p) { return (p - first.on_b).squaredNorm(); });
  const Vec3 side = normal.cross(second.on_b - first.on_b);
  touch.points = {first, second, best([&](const Vec3& p) { return side.dot(p); }),
                  best([&](const Vec3& p) { return -side.dot(p); })};
  touch.count = 4;
}

// Points of `incident`'s face that faces `normal` (of the reference face, outward), inside the reference face's sides.
// In the reference's frame; `vertices` are the incident's corners there. Leaves the points on the incident in
// scratch.points.
void ClipIncidentFace(const Polyhedron& reference, const Polyhedron::Face& face, const Polyhedron& incident,
                      const Eigen::Matrix3d& R, const std::vector<Vec3>& vertices, double reach, TouchScratch& scratch) {
  const Polyhedron::Face* opposite = nullptr;
  double lowest = 2;
  const Vec3 normal_incident = R.transpose() * face.normal;
  for (const auto& candidate : incident.faces) {
    const double along = candidate.normal.dot(normal_incident);
    if (along < lowest) lowest = along, opposite = &candidate;
  }
  scratch.polygon.clear();
  for (int index : opposite->loop) scratch.polygon.push_back(At(vertices, index));
  for (size_t k = 0; k < face.loop.size() && !scratch.polygon.empty(); ++k) {
    const Vec3 &from = At(reference.vertices, face.loop[k]);
    const Vec3 &to = At(reference.vertices, face.loop[(k + 1) % face.loop.size()]);
    const Vec3 side = (to - from).cross(face.normal).normalized();
    Clip(scratch.polygon, side, side.dot(from), scratch.clipped);
    std::swap(scratch.polygon, scratch.clipped);
  }
  scratch.points.clear();
  for (const Vec3& p : scratch.polygon) {
    const double distance = face.normal.dot(p) - face.offset;
    if (distance < reach) scratch.points.push_back({p, distance});
  }
}

// Nearest points of two lines, as a point on the second.
Vec3 NearestOnSecondLine(const Vec3& p, const Vec3& u, const Vec3& q, const Vec3& v) {
  const Vec3 w = p - q;
  const double uu = u.dot(u), uv = u.dot(v), vv = v.dot(v);
  const double t = (uu * v.dot(w) - uv * u.dot(w)) / (uu * vv - uv * uv);
  return q + std::clamp(t, 0.0, 1.0) * v;
}

}  // namespace

Polyhedron MakePolyhedron(const Hull& hull, const Vec3& scale, const base::Pose& X_GH) {
  Polyhedron polyhedron;
  for (const Vec3& vertex : hull.vertices) polyhedron.vertices.push_back(X_GH * scale.cwiseProduct(vertex));
  for (const Vec3& vertex : polyhedron.vertices)
    polyhedron.centre += vertex / static_cast<double>(polyhedron.vertices.size());
  for (const Vec3& vertex : polyhedron.vertices)
    polyhedron.radius = std::max(polyhedron.radius, (vertex - polyhedron.centre).norm());

  std::map<std::pair<int, int>, size_t> face_of_edge;
  for (const auto& loop : hull.faces) {
    Vec3 normal = Vec3::Zero(), middle = Vec3::Zero();
    const Vec3& first = At(polyhedron.vertices, loop[0]);
    for (size_t k = 1; k + 1 < loop.size(); ++k)
      normal += (At(polyhedron.vertices, loop[k]) - first).cross(At(polyhedron.vertices, loop[k + 1]) - first);
    normal.normalize();
    for (int index : loop) middle += At(polyhedron.vertices, index) / static_cast<double>(loop.size());
    for (size_t k = 0; k < loop.size(); ++k) face_of_edge[{loop[k], loop[(k + 1) % loop.size()]}] = polyhedron.faces.size();
    polyhedron.faces.push_back({normal, normal.dot(middle), loop});
  }
  for (const auto& [edge, f] : face_of_edge) {
    if (edge.first > edge.second) continue;
    const Vec3& left = polyhedron.faces[f].normal;
    const Vec3& right = polyhedron.faces[face_of_edge.at({edge.second, edge.first})].normal;
    if (left.dot(right) < kFlatEdgeCosine) polyhedron.edges.push_back({edge.first, edge.second, left, right});
  }
  return polyhedron;
}

SurfacePoint NearestSurfacePoint(const Polyhedron& polyhedron, const Vec3& query) {
  // Inside: the nearest face.
  const Polyhedron::Face* nearest = nullptr;
  double separation = -std::numeric_limits<double>::infinity();
  for (const auto& face : polyhedron.faces) {
    const double distance = face.normal.dot(query) - face.offset;
    if (distance > separation) separation = distance, nearest = &face;
  }
  if (separation <= 0) return {query - separation * nearest->normal, nearest->normal, separation};

  // Outside: the nearest point of the faces that can be seen from the query.
  SurfacePoint best = {Vec3::Zero(), Vec3::Zero(), std::numeric_limits<double>::infinity()};
  for (const auto& face : polyhedron.faces) {
    const double height = face.normal.dot(query) - face.offset;
    if (height <= 0 || height >= best.distance) continue;
    Vec3 point = query - height * face.normal;
    bool inside = true;
    double nearest_squared = std::numeric_limits<double>::infinity();
    Vec3 on_edge = point;
    for (size_t k = 0; k < face.loop.size(); ++k) {
      const Vec3& from = At(polyhedron.vertices, face.loop[k]);
      const Vec3 along = At(polyhedron.vertices, face.loop[(k + 1) % face.loop.size()]) - from;
      if (along.cross(face.normal).dot(point - from) <= 0) continue;
      inside = false;
      const Vec3 candidate = from + std::clamp((point - from).dot(along) / along.squaredNorm(), 0.0, 1.0) * along;
      const double squared = (candidate - point).squaredNorm();
      if (squared < nearest_squared) nearest_squared = squared, on_edge = candidate;
    }
    if (!inside) point = on_edge;
    const double distance = (query - point).norm();
    if (distance < best.distance) best = {point, face.normal, distance};
    if (inside) break;  // straight above a face of a convex body: nothing is nearer
  }
  if (best.distance > 1e-12) best.normal = (query - best.point) / best.distance;
  return best;
}

double InnerRadius(const Polyhedron& polyhedron) {
  double radius = std::numeric_limits<double>::infinity();
  for (const auto& face : polyhedron.faces) radius = std::min(radius, face.offset);
  return std::max(radius, 0.0);
}

bool FindTouch(const Polyhedron& a, const Polyhedron& b, const Eigen::Matrix3d& R_AB, const Vec3& p_AB, double reach,
               int& hint, TouchScratch& scratch, Touch& touch) {
  const Vec3 b_centre = R_AB * b.centre + p_AB;
  const double room = a.radius + b.radius + reach;
  if ((b_centre - a.centre).squaredNorm() > room * room) return false;

  scratch.b_in_a.clear();
  for (const Vec3& vertex : b.vertices) scratch.b_in_a.push_back(R_AB * vertex + p_AB);
  // The face that kept the two apart last time usually still does: hint k > 0 is face k - 1 of a, k < 0 face -k - 1 of b.
  if (hint > 0) {
    const auto& face = a.faces[static_cast<size_t>(hint - 1)];
    if (LowestAlong(scratch.b_in_a, face.normal) - face.offset > reach) return false;
  }
  scratch.a_in_b.clear();
  for (const Vec3& vertex : a.vertices) scratch.a_in_b.push_back(R_AB.transpose() * (vertex - p_AB));
  if (hint < 0) {
    const auto& face = b.faces[static_cast<size_t>(-hint - 1)];
    if (LowestAlong(scratch.a_in_b, face.normal) - face.offset > reach) return false;
  }
  const FaceAxis face_a = BestFace(a, scratch.b_in_a, reach);
  hint = face_a.face + 1;
  if (face_a.separation > reach) return false;
  const FaceAxis face_b = BestFace(b, scratch.a_in_b, reach);
  if (face_b.separation > reach) {
    hint = -face_b.face - 1;
    return false;
  }

  const bool use_b = face_b.separation > face_a.separation + kFaceAdvantage;
  const double separation = use_b ? face_b.separation : face_a.separation;
  const Polyhedron::Face& face = use_b ? b.faces[static_cast<size_t>(face_b.face)] : a.faces[static_cast<size_t>(face_a.face)];
  // Along the best face axis, from a to b. The edges that matter lie within the depth of the overlap of both bodies.
  const Vec3 axis = use_b ? Vec3(-(R_AB * face.normal)) : face.normal;
  const double range = std::abs(separation) + kEdgeRange;
  NearEdges(a, a.vertices, b_centre, b.radius, axis, LowestAlong(scratch.b_in_a, axis), range, scratch.edges_a);
  NearEdges(b, scratch.b_in_a, a.centre, a.radius, -axis, LowestAlong(a.vertices, -axis), range, scratch.edges_b);
  const EdgeAxis edges = BestEdges(a, b, R_AB, scratch);
  if (edges.separation > reach) return false;

  if (edges.separation > separation + kEdgeAdvantage + kEdgeRelativeAdvantage * std::abs(separation)) {
    const auto &edge_a = a.edges[static_cast<size_t>(edges.edge_a)], &edge_b = b.edges[static_cast<size_t>(edges.edge_b)];
    const Vec3 &p = At(a.vertices, edge_a.from), &q = At(scratch.b_in_a, edge_b.from);
    touch.normal = -edges.normal;
    touch.points[0] = {NearestOnSecondLine(p, At(a.vertices, edge_a.to) - p, q, At(scratch.b_in_a, edge_b.to) - q),
                       edges.separation};
    touch.count = 1;
    return true;
  }
  if (use_b) {
    ClipIncidentFace(b, face, a, R_AB.transpose(), scratch.a_in_b, reach, scratch);
    for (auto& point : scratch.points) point.on_b = R_AB * (point.on_b - point.distance * face.normal) + p_AB;
  } else {
    ClipIncidentFace(a, face, b, R_AB, scratch.b_in_a, reach, scratch);
  }
  touch.normal = -axis;
  KeepFour(scratch.points, touch.normal, touch);
  return touch.count > 0;
}

bool FindTouchWithPlane(const Polyhedron& a, const Vec3& normal, double offset, double reach, TouchScratch& scratch,
                        Touch& touch) {
  if (normal.dot(a.centre) - a.radius - offset > reach) return false;
  scratch.points.clear();
  for (const Vec3& vertex : a.vertices) {
    const double distance = normal.dot(vertex) - offset;
    if (distance < reach) scratch.points.push_back({vertex - distance * normal, distance});
  }
  touch.normal = normal;
  KeepFour(scratch.points, normal, touch);
  return touch.count > 0;
}

}  // namespace figment::envs
