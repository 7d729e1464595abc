#include "rodent/maze_arena.h"

#include <gtest/gtest.h>

namespace figment::rodent {
namespace {

// 3 x 5 cells of 0.5 m; the middle cell (1, 2) is the origin and north is up.
TEST(RodentMazeArena, ByHand) {
  const Maze maze = ParseMaze("*****\n"
                              "*P G*\n"
                              "*****\n",
                              ".....\n"
                              ".AA..\n"
                              ".....\n");
  const MazeArena arena = ArrangeMaze(maze);
  ASSERT_EQ(arena.walls.size(), 4u);
  EXPECT_EQ(arena.walls[0].position, (std::array<double, 3>{0, 0.5, 0.15}));  // the row in the north
  EXPECT_EQ(arena.walls[0].half_size, (std::array<double, 3>{1.25, 0.25, 0.15}));
  EXPECT_EQ(arena.walls[1].position, (std::array<double, 3>{-1, 0, 0.15}));  // the west side, an odd number long
  EXPECT_EQ(arena.walls[1].half_size, (std::array<double, 3>{0.25, 0.25, 0.15}));
  ASSERT_EQ(arena.spawns.size(), 1u);
  EXPECT_EQ(arena.spawns[0], (std::array<double, 3>{-0.5, 0, 0}));
  ASSERT_EQ(arena.targets.size(), 1u);
  EXPECT_EQ(arena.targets[0], (std::array<double, 3>{0.5, 0, 0}));
  double floor = 0;
  for (const Tile& tile : arena.tiles) floor += 4 * tile.half_size[0] * tile.half_size[1];
  EXPECT_EQ(floor, 15 * 0.25);
  EXPECT_EQ(arena.tiles.back().room, 'A');
}

TEST(RodentMazeArena, OtherScale) {
  const MazeArena arena = ArrangeMaze(ParseMaze("***\n*P*\n***\n"), {.cell_m = 2, .wall_m = 1});
  EXPECT_EQ(arena.walls[0].position, (std::array<double, 3>{0, 2, 0.5}));
  EXPECT_EQ(arena.walls[0].half_size, (std::array<double, 3>{3, 1, 0.5}));
}

}  // namespace
}  // namespace figment::rodent
