// Mazes of rooms and corridors, as text, and how a few rectangles cover them.
//
// A maze is two grids of characters. `cells`: '*' wall, ' ' floor, 'P' a place to spawn, 'G' a place for a target.
// `rooms`: the letter of a room from 'A', '.' elsewhere. Rooms and corridors lie on odd rows and columns, the border is
// wall. Row 0 is the north side: cell (row, column) has its centre at x = (column - (columns - 1) / 2) cell,
// y = -(row - (rows - 1) / 2) cell.
//
// The generator draws mazes of the same distribution as the RandomMaze of DeepMind's labmaze, from our own random
// numbers: rooms at random, corridors by depth-first walks from what is left, a door between neighbours, then dead ends
// and detours taken away.
// Source: Beattie et al. 2016 (DeepMind Lab); labmaze 1.0.6.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace figment::rodent {

struct MazeConfig {
  int rows = 11, columns = 11;       // odd, at least 5
  int most_rooms = 4;
  int room_min = 4, room_max = 5;    // cells a side; rooms have odd sides, so a range of 4 to 5 gives 3 to 5
  int retries = 1000;                // rooms that found no place before no more are tried
  int spawns_per_room = 1, targets_per_room = 3;
  bool simplify = true;              // without dead ends and detours
};

struct Cell {
  int row = 0, column = 0;
  bool operator==(const Cell&) const = default;
};

inline constexpr char kWall = '*', kFloor = ' ', kSpawn = 'P', kTarget = 'G', kNoRoom = '.';

struct Maze {
  int rows = 0, columns = 0;
  std::string cells, rooms;  // [rows * columns], row by row

  char at(Cell cell) const { return cells[static_cast<size_t>(cell.row * columns + cell.column)]; }
};

// Throws base::Error if the config has no maze (even or small sides, rooms larger than the maze).
Maze MakeMaze(const MazeConfig& config, base::Rng& rng);

// The cells with this character, row by row.
std::vector<Cell> CellsWith(const Maze& maze, char what);

// A line a row, each with its end. Parsing gives no rooms but '.' if `rooms` is empty; throws base::Error if lines
// differ in length, a character is unknown, or the two grids differ in size.
std::string CellText(const Maze& maze);
std::string RoomText(const Maze& maze);
Maze ParseMaze(std::string_view cells, std::string_view rooms = "");

struct CellRectangle {
  Cell begin, end;  // end: one past the last row and column
  bool operator==(const CellRectangle&) const = default;
};

// Rectangles of odd sides that together cover exactly the cells with this character, none twice: the greedy covering
// of dm_control, so that the same text gives the same walls. `grid` is maze.cells or maze.rooms.
std::vector<CellRectangle> CoverCells(std::string_view grid, int rows, int columns, char what);

}  // namespace figment::rodent
