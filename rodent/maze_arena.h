// A maze in space: what stands where, as plain data. The middle of the maze is the origin, the ground is at z = 0.
#pragma once

#include <array>
#include <vector>

#include "rodent/maze.h"

namespace figment::rodent {

struct MazeScale {
  double cell_m = 0.5;
  double wall_m = 0.3;  // height
};

struct Wall {
  std::array<double, 3> position{}, half_size{};  // of a box, metres
};

// A piece of floor, in its own texture if it is in a room (the reference uses the same picture for both).
struct Tile {
  std::array<double, 3> position{};
  std::array<double, 2> half_size{};
  char room = kNoRoom;
};

struct MazeArena {
  std::vector<Wall> walls;
  std::vector<Tile> tiles;
  std::vector<std::array<double, 3>> spawns, targets;  // on the ground
};

// Source: dm_control 1.0.50, locomotion/arenas/mazes.py.
MazeArena ArrangeMaze(const Maze& maze, const MazeScale& scale = {});

}  // namespace figment::rodent
