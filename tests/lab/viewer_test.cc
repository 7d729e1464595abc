#include "lab/viewer.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "lab/viewables.h"

namespace figment::lab {
namespace {

// Counts its steps; time 10 ms a step.
struct Counter {
  int steps = 0, resets = 0;
  uint64_t seed = 0;
  Arrows arrows;
  bool own_camera = false;
};

Viewable ShowCounter(Counter* counter) {
  return {.title = "counter",
          .arrows = "nothing",
          .step_s = 0.01,
          .home = Orbit{.distance_m = 2},
          .reset = [=](uint64_t seed) { return counter->seed = seed, ++counter->resets, counter->steps = 0, "begun"; },
          .step = [=](const Arrows& arrows) { return counter->arrows = arrows, ++counter->steps, "stepped"; },
          .draw = [=](const envs::Camera* camera, render::Frame*) { counter->own_camera = camera == nullptr; }};
}

TEST(Viewer, StepsWhatRealTimeOwes) {
  Counter counter;
  Session session = StartSession(ShowCounter(&counter), 7);
  EXPECT_EQ(counter.seed, 7u);
  EXPECT_EQ(session.status, "begun");
  Advance(session, 0.025);
  EXPECT_EQ(counter.steps, 2);
  Advance(session, 0.006);  // with what was left
  EXPECT_EQ(counter.steps, 3);
  Advance(session, 60);  // a slow machine does not fall ever farther behind
  EXPECT_LE(counter.steps, 14);
}

TEST(Viewer, KeysPauseStepAndReset) {
  Counter counter;
  Session session = StartSession(ShowCounter(&counter), 1);
  Press(session, Key::kPause);
  Advance(session, 0.05);
  EXPECT_EQ(counter.steps, 0);
  Press(session, Key::kStep);
  EXPECT_EQ(counter.steps, 1);
  Press(session, Key::kNextSeed);
  EXPECT_EQ(counter.seed, 2u);
  Press(session, Key::kReset);
  EXPECT_EQ(counter.seed, 2u);
  EXPECT_EQ(counter.resets, 3);
  Press(session, Key::kPause);
  Press(session, Key::kUp);
  Advance(session, 0.011);
  EXPECT_EQ(counter.arrows.up, 1);
  Release(session, Key::kUp);
  Advance(session, 0.011);
  EXPECT_EQ(counter.arrows.up, 0);
}

TEST(Viewer, TheMouseTakesTheCameraAndCGivesItBack) {
  Counter counter;
  Session session = StartSession(ShowCounter(&counter), 1);
  render::Frame frame;
  DrawSession(session, &frame);
  EXPECT_TRUE(counter.own_camera);
  Drag(session, 0.1, 0, false);
  DrawSession(session, &frame);
  EXPECT_FALSE(counter.own_camera);
  Press(session, Key::kCamera);
  DrawSession(session, &frame);
  EXPECT_TRUE(counter.own_camera);
}

// From azimuth 0 and elevation 0 the camera stands on +x and looks along -x; the orbit of a camera is found again.
TEST(Viewer, OrbitsByHand) {
  const envs::Camera camera = CameraOf({.target = {1, 2, 3}, .distance_m = 2, .azimuth = 0, .elevation = 0});
  EXPECT_LT((camera.X_PC.p - base::Vec3(3, 2, 3)).norm(), 1e-12);
  EXPECT_LT((camera.X_PC.q * base::Vec3::UnitZ() - base::Vec3(-1, 0, 0)).norm(), 1e-12);
  const Orbit orbit = OrbitFrom(CameraOf({.target = {1, 0, 0.5}, .distance_m = 4, .azimuth = 2, .elevation = -0.3}),
                                {1, 0, 0.5});
  EXPECT_NEAR(orbit.azimuth, 2, 1e-9);
  EXPECT_NEAR(orbit.elevation, -0.3, 1e-9);
  EXPECT_NEAR(orbit.distance_m, 4, 1e-9);
}

TEST(Viewer, UnknownNamesAreAnsweredWithTheNearest) {
  EXPECT_EQ(ParseKey("-"), std::nullopt);
  EXPECT_EQ(ParseKey("space"), Key::kPause);
  const auto message = [](const auto& act) -> std::string {
    try {
      act();
    } catch (const base::Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message([] { ParseKey("spce"); }).find("space"), std::string::npos);
  EXPECT_NE(message([] { MakeViewable("drpo", {}); }).find("drop"), std::string::npos);
}

// Every entry: begins, steps, draws, and begins again in the same way.
TEST(Viewer, EverythingCanBeShown) {
  for (const auto& row : ViewableTable().rows) {
    const std::string name = std::get<std::string>(row.front().value);
    SCOPED_TRACE(name);
    Viewable viewable = MakeViewable(name, {.size = 64, .quality = render::Quality::kDraft, .device = "cpu"});
    EXPECT_FALSE(viewable.reset(3).empty());
    render::Frame first, later, again;
    viewable.draw(nullptr, &first);
    ASSERT_EQ(first.color.size(), 64u * 64 * 3);
    for (int i = 0; i < 60; ++i) viewable.step({.right = 0, .up = 1});
    viewable.draw(nullptr, &later);
    EXPECT_NE(first.color, later.color);
    viewable.reset(3);
    viewable.draw(nullptr, &again);
    EXPECT_EQ(first.color, again.color);
  }
}

}  // namespace
}  // namespace figment::lab
