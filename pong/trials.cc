#include "pong/trials.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "base/check.h"
#include "base/numpy_random.h"
#include "pong/ball.h"
#include "pong/geometry.h"

namespace figment::pong {
namespace {

constexpr int kStartsX = 50, kStartsY = 90, kHeadings = 150, kSpeeds = 4;
constexpr std::array<double, kSpeeds> kSpeed = {0.25, 0.5, 0.75, 1.0};
constexpr double kUpperWall = kFrameSize - kReflectionRadius;
constexpr int kLastCountedFrame = kTrackFrames - 2;  // of reflections in the published total

// As numpy.arange(0.05, ..., 0.01) fills: the step is the difference of its first two values, not the literal.
double StartOf(int i) {
  constexpr double kFirst = 0.05, kStep = (0.05 + 0.01) - 0.05;
  return kFrameSize * (kFirst + i * kStep);
}

// As numpy.linspace(-0.4 pi, 0.4 pi, 150).
double HeadingOf(int i) {
  constexpr double kLast = std::numbers::pi * 0.4, kFirst = -kLast, kStep = (kLast - kFirst) / (kHeadings - 1);
  return i == kHeadings - 1 ? kLast : i * kStep + kFirst;
}

bool IsSuitableTime(double frames) { return 16 <= frames && frames <= 44; }
bool IsSuitableCount(int frames) { return 15 <= frames && frames <= 45; }

// A heading and speed of the grid, seen from one x0. The path in x depends on nothing else: the left wall is never met.
struct Launch {
  int iheading, ispeed;
  double heading_rad, speed, dx, dy;
  int t_occ, t_end;
  double x_f;
};

// Follows x; false if a line is not reached.
bool FollowX(double x, Launch* launch) {
  launch->t_occ = launch->t_end = -1;
  for (int frame = 0; frame < kTrackFrames; ++frame, x += launch->dx) {
    if (launch->t_occ < 0 && x >= kOccluderX) launch->t_occ = frame;
    if (x < kPaddleX) continue;
    launch->t_end = frame;
    launch->x_f = x;
    return true;
  }
  return false;
}

// The launches from x0 that pass the filters which y does not enter (A, B, C), in the order of the grid.
std::vector<Launch> LaunchesFrom(double x0, GeneratorCounts* counts) {
  std::vector<Launch> launches;
  for (int iheading = 0; iheading < kHeadings; ++iheading) {
    for (int ispeed = 0; ispeed < kSpeeds; ++ispeed) {
      Launch launch{iheading, ispeed, HeadingOf(iheading), kSpeed[static_cast<size_t>(ispeed)]};
      launch.dx = launch.speed * std::cos(launch.heading_rad);
      launch.dy = launch.speed * std::sin(launch.heading_rad);
      counts->grid += kStartsY;
      if (!IsSuitableTime((kOccluderX - x0) / launch.dx)) continue;
      counts->time_to_occluder += kStartsY;
      if (!IsSuitableTime((kPaddleX - kOccluderX) / launch.dx)) continue;
      counts->time_behind_occluder += kStartsY;
      if (!FollowX(x0, &launch)) continue;
      counts->lines_reached += kStartsY;
      launches.push_back(launch);
    }
  }
  return launches;
}

// The y of a ball that moves frame by frame.
struct Vertical {
  double y, dy;
  int bounces = 0;

  void MoveTo(int* frame, int end) {
    for (; *frame < end; ++*frame) {
      y += dy;
      if (const double low = kReflectionRadius - y; low > 0) dy = -dy, y += 2 * low, ++bounces;
      else if (const double up = y - kUpperWall; up > 0) dy = -dy, y -= 2 * up, ++bounces;
    }
  }
};

// Fills in what depends on y.
void FollowY(Condition* condition) {
  Vertical ball{condition->y0, condition->dy};
  int frame = 0;
  ball.MoveTo(&frame, condition->t_occ - 1);
  condition->n_bounce_visible = ball.bounces;
  ball.MoveTo(&frame, condition->t_end - 1);
  condition->n_bounce_at_t_end = ball.bounces;
  condition->n_bounce_occluded = ball.bounces - condition->n_bounce_visible;
  ball.MoveTo(&frame, condition->t_end);
  condition->y_f = ball.y;
  ball.MoveTo(&frame, kLastCountedFrame);
  condition->n_bounce_total = ball.bounces;
}

Condition MakeCondition(int ix, int iy, const Launch& launch) {
  Condition condition = {.ix = ix, .iy = iy, .iheading = launch.iheading, .ispeed = launch.ispeed};
  condition.t_occ = launch.t_occ, condition.t_end = launch.t_end;
  condition.x0 = StartOf(ix), condition.y0 = StartOf(iy);
  condition.heading_rad = launch.heading_rad, condition.speed = launch.speed;
  condition.dx = launch.dx, condition.dy = launch.dy;
  condition.x_f = launch.x_f;
  FollowY(&condition);
  return condition;
}

// Filters D and E.
bool IsAccepted(const Condition& condition, GeneratorCounts* counts) {
  ++counts->by_bounce_total.at(static_cast<size_t>(condition.n_bounce_total));
  if (condition.n_bounce_total > 1) return false;
  ++counts->one_bounce;
  if (!IsSuitableCount(condition.t_occ) || !IsSuitableCount(condition.t_end - condition.t_occ)) return false;
  ++counts->frame_counts;
  return true;
}

}  // namespace

std::vector<Condition> MakeTrialSet(GeneratorCounts* counts) {
  GeneratorCounts own;
  if (counts == nullptr) counts = &own;
  *counts = {};
  std::vector<Condition> conditions;
  conditions.reserve(kTrialCount);
  for (int ix = 0; ix < kStartsX; ++ix) {
    const std::vector<Launch> launches = LaunchesFrom(StartOf(ix), counts);
    for (int iy = 0; iy < kStartsY; ++iy) {
      for (const Launch& launch : launches) {
        Condition condition = MakeCondition(ix, iy, launch);
        if (!IsAccepted(condition, counts)) continue;
        condition.index = static_cast<int>(conditions.size());
        conditions.push_back(condition);
      }
    }
  }
  return conditions;
}

Split MakeSplit(int n) {
  CHECK_GE(n, 0);
  const std::vector<int> order = base::NumpyRandom(0).Permutation(n);
  const auto end_of_valid = order.begin() + (n + 9) / 10;
  return {.valid = {order.begin(), end_of_valid}, .train = {end_of_valid, order.end()}};
}

std::span<const int> Batch(std::span<const int> part, int batch) {
  if (batch < 0 || batch >= BatchCount(part)) return {};
  return part.subspan(static_cast<size_t>(batch) * kBatchSize, kBatchSize);
}

std::span<const int> PublishedConditions() {
  static constexpr std::array<int, 79> kPublished = {
      29337,  55062,  58244,  59920,  68220,  72780,  77046,  77944,  90751,  93053,  99902,  105802, 118879, 122957,
      126479, 158705, 159613, 163248, 167848, 179553, 182748, 183171, 184642, 187617, 197632, 199564, 204372, 204678,
      206128, 217817, 218791, 226533, 232533, 241919, 242380, 244437, 245662, 248856, 251629, 258471, 269179, 270569,
      273073, 273515, 287936, 297652, 301600, 320246, 325813, 328386, 330797, 332165, 340684, 351612, 356164, 356765,
      370777, 377134, 379400, 381514, 388571, 394672, 396358, 400995, 401673, 406460, 413189, 413513, 420020, 428615,
      435203, 448412, 454477, 456038, 460651, 463174, 464785, 465431, 469268};
  return kPublished;
}

Track MakeTrack(double x0, double y0, double dx, double dy) {
  Track track{};
  Ball ball{x0, y0, dx, dy};
  double y_straight = y0;
  bool reflected = false;
  for (size_t frame = 0; frame < kTrackFrames; ++frame) {
    if (!track.t_occ && ball.x >= kOccluderX) track.t_occ = static_cast<int>(frame);
    if (!track.t_end && ball.x >= kPaddleX) track.t_end = static_cast<int>(frame);
    track.x[frame] = ball.x, track.y[frame] = ball.y, track.dx[frame] = ball.dx, track.dy[frame] = ball.dy;
    track.y_straight[frame] = y_straight, track.reflected[frame] = reflected;
    y_straight = ball.y + ball.dy;
    reflected = ball.Move();
  }
  return track;
}

std::vector<double> MakeRecord(const Condition& condition) {
  const Track track = MakeTrack(condition);
  const double slope_0 = condition.dy / condition.dx;
  std::vector<double> record(size_t{kPaddedFrames} * kRecordColumns, std::numeric_limits<double>::quiet_NaN());
  for (size_t frame = 0; frame <= static_cast<size_t>(condition.t_end); ++frame) {
    const size_t move = frame == 0 ? 0 : frame - 1;  // the move that led here; what it began with
    const double dx = track.dx[move], dy = track.dy[move];
    double* row = &record[frame * kRecordColumns];
    row[0] = track.x[frame];
    row[1] = track.y[frame];
    row[2] = frame == 0 ? condition.heading_rad : std::atan(dy / dx);
    row[3] = frame == 0 ? condition.speed : std::sqrt(dx * dx + dy * dy);
    row[4] = track.reflected[move] ? 1 : 0;
    row[5] = dy / dx;
    row[6] = track.y_straight[frame] - slope_0 * track.x[frame];
  }
  return record;
}

}  // namespace figment::pong
