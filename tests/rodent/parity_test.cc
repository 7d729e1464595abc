// Recordings of dm_control 1.0.50 with MuJoCo 3.17.0, made by scripts/parity_dm_control.py (--steps 20 --seed 3; the
// states: --states --steps 4 --seed 5), are repeated bit for bit.
#include "rodent/parity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "base/error.h"
#include "files/npy.h"
#include "rodent/tasks.h"

namespace figment::rodent {
namespace {

namespace fs = std::filesystem;
using Arrays = std::vector<std::pair<std::string, std::vector<uint8_t>>>;

fs::path Data(const std::string& name) {
  return fs::path(FIGMENT_SOURCE_DIR) / "tests/rodent/data" / (name + ".npz");
}

double LargestOf(const ParityReport& report, const std::string& array) {
  for (const ParityRow& row : report.arrays)
    if (row.array == array) return row.largest;
  return std::numeric_limits<double>::infinity();
}

class TaskParity : public testing::TestWithParam<std::string> {};

TEST_P(TaskParity, EqualsTheReference) {
  const ParityReport report = CompareWithReference({.reference = Data("parity_" + GetParam())});
  EXPECT_EQ(report.task, GetParam());
  EXPECT_EQ(report.rows, 21);
  EXPECT_TRUE(report.equal());
  for (const char* array : {"qpos", "qvel", "act", "ctrl"}) EXPECT_EQ(LargestOf(report, array), 0) << array;
  int observations = 0;
  for (const ParityRow& row : report.arrays) {
    EXPECT_LE(row.largest, 1e-12) << row.array;
    if (row.array.starts_with("obs:")) ++observations;
  }
  EXPECT_GE(observations, 13);
  EXPECT_LE(LargestOf(report, "reward"), 1e-12);
  EXPECT_EQ(LargestOf(report, "discount"), 0);
}

std::vector<std::string> TaskNames() {
  std::vector<std::string> names;
  for (const TaskEntry& task : Tasks()) names.emplace_back(task.name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Tasks, TaskParity, testing::ValuesIn(TaskNames()), [](const auto& info) { return info.param; });

TEST(Parity, SingleStates) {
  const ParityReport report = CompareWithReference({.reference = Data("states_open_field")});
  EXPECT_FALSE(report.trajectory);
  EXPECT_EQ(report.arrays.size(), 13U);  // the observables alone
  for (const ParityRow& row : report.arrays) EXPECT_LE(row.largest, 1e-12) << row.array;
}

template <class T>
void Put(Arrays* arrays, const std::string& name, const std::vector<T>& values, const std::vector<int64_t>& shape) {
  arrays->emplace_back(name, files::EncodeNpy<T>(values, shape));
}

fs::path Write(const std::string& name, const std::string& bytes) {
  const fs::path path = fs::path(testing::TempDir()) / name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

fs::path Write(const std::string& name, const Arrays& arrays) {
  const std::vector<uint8_t> bytes = files::EncodeNpz(arrays);
  return Write(name, std::string(bytes.begin(), bytes.end()));
}

std::string MessageOf(const ParityRequest& request) {
  try {
    CompareWithReference(request);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "";
}

// One state on the flat floor: standing, with this body height.
Arrays StandingState(double height) {
  Arrays arrays;
  std::vector<double> qpos(74);
  qpos[3] = 1;
  Put<double>(&arrays, "qpos", qpos, {1, 74});
  Put<double>(&arrays, "qvel", std::vector<double>(73), {1, 73});
  Put<double>(&arrays, "obs:walker/body_height", {height}, {1});
  Put<double>(&arrays, "obs:walker/unheard_of", {1, 2}, {1, 2});
  return arrays;
}

TEST(Parity, DifferencesAreFoundAndUnknownArraysAreNot) {
  const double height = 0.06508957;  // of the torso above the root
  const ParityReport report = CompareWithReference({.reference = Write("standing.npz", StandingState(height + 0.25))});
  ASSERT_EQ(report.arrays.size(), 1U);
  EXPECT_EQ(report.arrays[0].array, "obs:walker/body_height");
  EXPECT_NEAR(report.arrays[0].largest, 0.25, 1e-8);
  EXPECT_EQ(report.arrays[0].first_step, 0);
  EXPECT_FALSE(report.equal());
}

TEST(Parity, AValueThatIsNoNumberIsADifference) {
  const ParityReport report = CompareWithReference({.reference = Write("nan.npz", StandingState(std::nan("")))});
  EXPECT_FALSE(report.equal());
}

TEST(Parity, AnEpisodeMayEndWhereItBegins) {
  Arrays arrays = StandingState(0.06508957);
  Put<double>(&arrays, "action", {}, {0, 38});
  Put<double>(&arrays, "target_geom_xpos", {}, {0, 3});
  const ParityReport report = CompareWithReference({.reference = Write("begun.npz", arrays), .task = "open_field"});
  EXPECT_TRUE(report.trajectory);
  EXPECT_EQ(report.rows, 1);
}

TEST(Parity, BadFilesAreErrors) {
  Arrays no_qpos, misshapen = StandingState(0), no_arena = StandingState(0), bodies = StandingState(0);
  Put<double>(&no_qpos, "qvel", std::vector<double>(73), {1, 73});
  misshapen[1].second = files::EncodeNpy<double>(std::vector<double>(72), {1, 72});
  Put<int64_t>(&bodies, "arena_geom_type", {0}, {1});
  Put<double>(&bodies, "arena_geom_pos", {0, 0, 0}, {1, 3});
  Put<double>(&bodies, "arena_geom_size", {1, 1, 1}, {1, 3});
  Arrays negative = bodies, short_size = bodies, mesh = bodies, infinite = bodies;
  mesh[4].second = files::EncodeNpy<int64_t>(std::vector<int64_t>{7}, {1});
  infinite[5].second = files::EncodeNpy<double>(std::vector<double>{0, 0, std::nan("")}, {1, 3});
  Put<int64_t>(&negative, "arena_geom_bodyid", {-1}, {1});
  short_size.back().second = files::EncodeNpy<double>(std::vector<double>(2), {1, 2});
  Arrays child_first = bodies;
  Put<int64_t>(&child_first, "arena_geom_bodyid", {1}, {1});
  Put<double>(&child_first, "arena_body_pos", std::vector<double>(9), {3, 3});
  Put<double>(&child_first, "arena_body_quat", {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}, {3, 4});
  Put<int64_t>(&child_first, "arena_body_parentid", {0, 2, 0}, {3});
  EXPECT_NE(MessageOf({.reference = Write("child_first.npz", child_first)}).find("body 1 in body 2"), std::string::npos);
  EXPECT_NE(MessageOf({.reference = "/no/such.npz"}).find("/no/such.npz"), std::string::npos);
  EXPECT_NE(MessageOf({.reference = Write("text.npz", std::string("hello"))}), "");
  EXPECT_NE(MessageOf({.reference = Write("no_qpos.npz", no_qpos)}).find("'qpos'"), std::string::npos);
  EXPECT_NE(MessageOf({.reference = Write("misshapen.npz", misshapen)}).find("expected [1, 73]"), std::string::npos);
  EXPECT_NE(MessageOf({.reference = Write("no_arena.npz", no_arena), .task = "run_gaps"}).find("arena_geom_type"),
            std::string::npos);
  EXPECT_NE(MessageOf({.reference = Write("no_arena.npz", no_arena), .task = "run_gap"}).find("'run_gaps'"),
            std::string::npos);
  EXPECT_NE(MessageOf({.reference = Write("negative.npz", negative)}).find("negative"), std::string::npos);
  EXPECT_NE(MessageOf({.reference = Write("mesh.npz", mesh)}).find("type 7"), std::string::npos);
  EXPECT_NE(MessageOf({.reference = Write("infinite.npz", infinite)}).find("not finite"), std::string::npos);
  EXPECT_NE(MessageOf({.reference = Data("parity_open_field"), .task = "two_touch"}).find("no sphere"),
            std::string::npos);
  EXPECT_NE(MessageOf({.reference = Write("size.npz", short_size)}).find("arena_geom_size"), std::string::npos);
}

}  // namespace
}  // namespace figment::rodent
