#include "rodent/maze_arena.h"

namespace figment::rodent {
namespace {

struct Place {
  double x, y, half_x, half_y;
};

class Frame {
 public:
  Frame(const Maze& maze, double cell_m)
      : row_(0.5 * (maze.rows - 1)), column_(0.5 * (maze.columns - 1)), cell_(cell_m) {}

  Place Of(const CellRectangle& r) const {
    const double row = 0.5 * (r.begin.row + r.end.row - 1), column = 0.5 * (r.begin.column + r.end.column - 1);
    return {(column - column_) * cell_, -(row - row_) * cell_, (r.end.column - column - 0.5) * cell_,
            (r.end.row - row - 0.5) * cell_};
  }

  std::vector<std::array<double, 3>> Of(const std::vector<Cell>& cells) const {
    std::vector<std::array<double, 3>> places;
    for (const Cell c : cells) places.push_back({(c.column - column_) * cell_, -(c.row - row_) * cell_, 0});
    return places;
  }

 private:
  double row_, column_;  // of the middle
  double cell_;
};

}  // namespace

MazeArena ArrangeMaze(const Maze& maze, const MazeScale& scale) {
  const Frame frame(maze, scale.cell_m);
  MazeArena arena;
  for (const CellRectangle& rectangle : CoverCells(maze.cells, maze.rows, maze.columns, kWall)) {
    const Place p = frame.Of(rectangle);
    const double half_z = scale.wall_m / 2;
    arena.walls.push_back({{p.x, p.y, half_z}, {p.half_x, p.half_y, half_z}});
  }
  const auto lay = [&](char room) {
    for (const CellRectangle& rectangle : CoverCells(maze.rooms, maze.rows, maze.columns, room)) {
      const Place p = frame.Of(rectangle);
      arena.tiles.push_back({{p.x, p.y, 0}, {p.half_x, p.half_y}, room});
    }
  };
  lay(kNoRoom);
  for (char room = 'A'; maze.rooms.find(room) != std::string::npos; ++room) lay(room);
  arena.spawns = frame.Of(CellsWith(maze, kSpawn));
  arena.targets = frame.Of(CellsWith(maze, kTarget));
  return arena;
}

}  // namespace figment::rodent
