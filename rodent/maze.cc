#include "rodent/maze.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/error.h"

namespace figment::rodent {
namespace {

constexpr char kDoor = '+';  // only while a maze is made: a door is neither wall nor floor to what simplifies it

struct Step {
  int rows, columns;
};
// The order decides which detour is taken out first, so it is a part of the distribution.
constexpr std::array<Step, 4> kSteps = {{{1, 0}, {-1, 0}, {0, 1}, {0, -1}}};

Cell Move(Cell cell, Step step, int times) {
  return {cell.row + times * step.rows, cell.column + times * step.columns};
}

struct Door {
  Cell cell, behind;  // behind: of the region with the higher number
};

struct Builder {
  Maze maze;
  std::vector<int> region;  // [rows * columns], 0 = none, then the rooms, then the corridors
  base::Rng& rng;

  bool Inside(Cell c) const { return c.row >= 0 && c.row < maze.rows && c.column >= 0 && c.column < maze.columns; }
  size_t IndexOf(Cell c) const { return static_cast<size_t>(c.row * maze.columns + c.column); }
  char At(Cell c) const { return Inside(c) ? maze.cells[IndexOf(c)] : '\0'; }  // neither wall nor floor outside
  void Set(Cell c, char what) { maze.cells[IndexOf(c)] = what; }
  int RegionAt(Cell c) const { return Inside(c) ? region[IndexOf(c)] : -1; }
  void Open(Cell c, int id) { Set(c, kFloor), region[IndexOf(c)] = id; }
};

template <class Visit>
void VisitCells(const CellRectangle& area, int stride, Visit visit) {
  for (int row = area.begin.row; row < area.end.row; row += stride)
    for (int column = area.begin.column; column < area.end.column; column += stride) visit(Cell{row, column});
}

CellRectangle Whole(const Maze& maze) { return {{0, 0}, {maze.rows, maze.columns}}; }
CellRectangle OddCells(const Maze& maze) { return {{1, 1}, {maze.rows, maze.columns}}; }

bool Disjoint(const CellRectangle& a, const CellRectangle& b) {
  return a.end.row <= b.begin.row || b.end.row <= a.begin.row || a.end.column <= b.begin.column ||
         b.end.column <= a.begin.column;
}

// Sizes and places are drawn on the lattice of odd cells; n nodes make 2 n + 1 cells. A room is near the smallest size
// along one side and up to the largest along the other.
CellRectangle DrawRoom(const MazeConfig& config, base::Rng& rng) {
  const int least = (config.room_min - 1) / 2, most = (config.room_max - 1) / 2, middle = (least + most) / 2;
  int height = static_cast<int>(rng.Integer(least, middle + 1));
  int width = static_cast<int>(rng.Integer(least, middle + 1));
  (rng.Chance(0.5) ? width : height) += static_cast<int>(rng.Integer(middle, most + 1)) - middle;
  const auto row = static_cast<int>(rng.Integer(0, (config.rows - 1) / 2 - height));
  const auto column = static_cast<int>(rng.Integer(0, (config.columns - 1) / 2 - width));
  const Cell begin{2 * row + 1, 2 * column + 1};
  return {begin, {begin.row + 2 * height + 1, begin.column + 2 * width + 1}};
}

std::vector<CellRectangle> DrawRooms(const MazeConfig& config, base::Rng& rng) {
  std::vector<CellRectangle> rooms;
  int failures = 0;
  while (failures < config.retries && static_cast<int>(rooms.size()) < config.most_rooms) {
    const CellRectangle room = DrawRoom(config, rng);
    if (std::all_of(rooms.begin(), rooms.end(), [&](const CellRectangle& other) { return Disjoint(room, other); })) {
      rooms.push_back(room);
    } else {
      ++failures;
    }
  }
  rng.Shuffle(rooms);  // the first ones found more space: their letters must not tell
  return rooms;
}

// A depth-first random walk in double steps over the odd cells that are not taken.
void CarveCorridor(Cell start, int id, Builder* b) {
  std::vector<Cell> path = {start};
  b->Open(start, id);
  while (!path.empty()) {
    const Cell here = path.back();
    std::array<Step, 4> free;
    int count = 0;
    for (const Step step : kSteps)
      if (b->RegionAt(Move(here, step, 2)) == 0) free[static_cast<size_t>(count++)] = step;
    if (count == 0) {
      path.pop_back();
      continue;
    }
    const Step step = free[static_cast<size_t>(b->rng.Integer(0, count))];
    b->Open(Move(here, step, 1), id);
    b->Open(Move(here, step, 2), id);
    path.push_back(Move(here, step, 2));
  }
}

void CarveCorridors(int id, Builder* b) {
  VisitCells(OddCells(b->maze), 2, [&](Cell cell) {
    if (b->RegionAt(cell) == 0) CarveCorridor(cell, id++, b);
  });
}

// One door, at random, between every two regions that are a wall apart.
std::vector<Door> ConnectRegions(Builder* b) {
  std::map<std::pair<int, int>, std::vector<Door>> possible;
  VisitCells(OddCells(b->maze), 2, [&](Cell cell) {
    for (const Step step : kSteps) {
      const Cell behind = Move(cell, step, 2);
      if (b->RegionAt(behind) > b->RegionAt(cell))
        possible[{b->RegionAt(cell), b->RegionAt(behind)}].push_back({Move(cell, step, 1), behind});
    }
  });
  std::vector<Door> doors;
  for (const auto& [regions, places] : possible) {
    doors.push_back(b->rng.Choice(places));
    b->Set(doors.back().cell, kDoor);
  }
  return doors;
}

// Fills a dead end and the corridor that led to it.
void FillDeadEnd(Cell cell, Builder* b) {
  while (b->At(cell) == kFloor) {
    int open = 0;
    Cell next = cell;
    bool next_is_floor = false;
    for (const Step step : kSteps) {
      const Cell neighbour = Move(cell, step, 1);
      if (!b->Inside(neighbour) || b->At(neighbour) == kWall) continue;
      ++open;
      if (b->At(neighbour) == kFloor) next = neighbour, next_is_floor = true;
    }
    if (open > 1) return;
    b->Set(cell, kWall);
    if (!next_is_floor) return;
    cell = next;
  }
}

// Are `count` cells from `start` along `along` all of this kind?
bool AllAre(const Builder& b, Cell start, Step along, int count, char kind) {
  for (int i = 0; i < count; ++i)
    if (b.At(Move(start, along, i)) != kind) return false;
  return true;
}

// A detour of a corridor around `width` cells of wall, the first of them `cell`, seen with `out` to the north:
//
//     .*****.         .*****.
//     *     *         *******
//     . *** .   ->    .     .        width 3
//       ***             ***
//
bool IsDetour(const Builder& b, Cell cell, int width, Step out, Step along) {
  const Cell corner = Move(Move(cell, along, -1), out, 1);  // of the corridor, west
  return AllAre(b, cell, along, width, kWall) && AllAre(b, Move(cell, out, -1), along, width, kWall) &&
         AllAre(b, corner, along, width + 2, kFloor) && AllAre(b, Move(corner, out, 1), along, width + 2, kWall) &&
         b.At(Move(corner, along, -1)) == kWall && b.At(Move(corner, along, width + 2)) == kWall &&
         b.At(Move(cell, along, -1)) == kFloor && b.At(Move(cell, along, width)) == kFloor;
}

void Straighten(Cell cell, int width, Step out, Step along, Builder* b) {
  const Cell corner = Move(Move(cell, along, -1), out, 1);
  for (int i = 0; i < width; ++i) b->Set(Move(cell, along, i), kFloor);
  for (int i = 0; i < width + 2; ++i) b->Set(Move(corner, along, i), kWall);
}

// Pulls the detour at a cell straight, and what has become one below it. True if there was one.
bool StraightenFrom(Cell cell, int width, Builder* b) {
  bool any = false;
  bool found = true;
  while (found) {
    found = false;
    for (const Step out : kSteps) {
      const Step along{out.columns, -out.rows};
      if (!IsDetour(*b, cell, width, out, along)) continue;
      Straighten(cell, width, out, along, b);
      cell = Move(cell, out, -1);
      any = found = true;
      break;
    }
  }
  return any;
}

bool StraightenFirst(int width, Builder* b) {
  for (int row = 0; row < b->maze.rows; ++row)
    for (int column = 0; column < b->maze.columns; ++column)
      if (StraightenFrom({row, column}, width, b)) return true;
  return false;
}

// Wider ones leave narrower ones behind, so each success starts again; width 1 is tried once a round, as labmaze does.
void StraightenDetours(Builder* b) {
  for (int width = 1; width + 3 < b->maze.columns;) {
    const bool straightened = StraightenFirst(width, b);
    width = straightened && width != 1 ? 1 : width + 1;
  }
}

void Simplify(Builder* b) {
  VisitCells(Whole(b->maze), 1, [&](Cell cell) { FillDeadEnd(cell, b); });
  StraightenDetours(b);
}

void NameRooms(int rooms, Builder* b) {
  for (size_t i = 0; i < b->region.size(); ++i)
    if (b->region[i] > 0 && b->region[i] <= rooms) b->maze.rooms[i] = static_cast<char>('A' + (b->region[i] - 1) % 26);
}

void Place(const std::vector<CellRectangle>& rooms, int count, char what, Builder* b) {
  for (const CellRectangle& room : rooms) {
    std::vector<Cell> free;
    VisitCells(room, 1, [&](Cell cell) {
      if (b->At(cell) == kFloor) free.push_back(cell);
    });
    b->rng.Shuffle(free);
    if (static_cast<int>(free.size()) > count) free.resize(static_cast<size_t>(count));
    for (const Cell cell : free) b->Set(cell, what);
  }
}

void Check(const MazeConfig& config) {
  const auto odd = [](int side) { return side >= 5 && side % 2 == 1; };
  if (!odd(config.rows) || !odd(config.columns))
    throw base::Error("A maze has odd sides of at least 5 cells, not " + std::to_string(config.rows) + " x " +
                      std::to_string(config.columns));
  const int smaller = std::min(config.rows, config.columns);
  if (config.room_min < 3 || config.room_max < config.room_min || config.room_max > smaller - 2)
    throw base::Error("Rooms of " + std::to_string(config.room_min) + " to " + std::to_string(config.room_max) +
                      " cells: expected a range within 3 to " + std::to_string(smaller - 2));
  if (config.most_rooms < 0 || config.retries < 0 || config.spawns_per_room < 0 || config.targets_per_room < 0)
    throw base::Error("A maze's numbers of rooms, retries, spawns and targets are not negative");
}

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string TextOf(const Maze& maze, const std::string& grid) {
  std::string text;
  for (int row = 0; row < maze.rows; ++row)
    text += grid.substr(static_cast<size_t>(row * maze.columns), static_cast<size_t>(maze.columns)) + '\n';
  return text;
}

bool IsCell(char c) { return c == kWall || c == kFloor || c == kSpawn || c == kTarget; }
bool IsRoom(char c) { return c == kNoRoom || (c >= 'A' && c <= 'Z'); }

std::string ParseGrid(std::string_view text, bool (*known)(char), int* rows, int* columns) {
  const std::vector<std::string_view> lines = LinesOf(text);
  *rows = static_cast<int>(lines.size());
  *columns = lines.empty() ? 0 : static_cast<int>(lines[0].size());
  std::string grid;
  for (const std::string_view line : lines) {
    if (line.size() != lines[0].size())
      throw base::Error("A maze's lines are all as long as its first of " + std::to_string(lines[0].size()) +
                        " cells, not '" + std::string(line) + "'");
    for (const char c : line)
      if (!known(c)) throw base::Error("A maze has no cell '" + std::string(1, c) + "'");
    grid += line;
  }
  return grid;
}

}  // namespace

Maze MakeMaze(const MazeConfig& config, base::Rng& rng) {
  Check(config);
  const auto count = static_cast<size_t>(config.rows * config.columns);
  Builder b{{config.rows, config.columns, std::string(count, kWall), std::string(count, kNoRoom)},
            std::vector<int>(count, 0),
            rng};
  const std::vector<CellRectangle> rooms = DrawRooms(config, rng);
  const auto room_count = static_cast<int>(rooms.size());
  for (int r = 0; r < room_count; ++r)
    VisitCells(rooms[static_cast<size_t>(r)], 1, [&](Cell cell) { b.Open(cell, r + 1); });
  CarveCorridors(room_count + 1, &b);
  const std::vector<Door> doors = ConnectRegions(&b);
  if (config.simplify) Simplify(&b);
  NameRooms(room_count, &b);
  Place(rooms, config.spawns_per_room, kSpawn, &b);
  Place(rooms, config.targets_per_room, kTarget, &b);
  for (const Door& door : doors) b.Set(door.cell, b.At(door.behind) == kWall ? kWall : kFloor);
  return std::move(b.maze);
}

std::vector<Cell> CellsWith(const Maze& maze, char what) {
  std::vector<Cell> cells;
  VisitCells(Whole(maze), 1, [&](Cell cell) {
    if (maze.at(cell) == what) cells.push_back(cell);
  });
  return cells;
}

std::string CellText(const Maze& maze) { return TextOf(maze, maze.cells); }
std::string RoomText(const Maze& maze) { return TextOf(maze, maze.rooms); }

Maze ParseMaze(std::string_view cells, std::string_view rooms) {
  Maze maze;
  maze.cells = ParseGrid(cells, IsCell, &maze.rows, &maze.columns);
  if (maze.cells.empty()) throw base::Error("A maze without a cell");
  if (rooms.empty()) {
    maze.rooms.assign(maze.cells.size(), kNoRoom);
    return maze;
  }
  int rows = 0, columns = 0;
  maze.rooms = ParseGrid(rooms, IsRoom, &rows, &columns);
  if (rows != maze.rows || columns != maze.columns)
    throw base::Error("A maze's rooms are as large as its cells, " + std::to_string(maze.rows) + " x " +
                      std::to_string(maze.columns) + ", not " + std::to_string(rows) + " x " +
                      std::to_string(columns));
  return maze;
}

std::vector<CellRectangle> CoverCells(std::string_view grid, int rows, int columns, char what) {
  std::string left(grid);  // what is covered is blotted out
  const char covered = '\0';
  const auto index = [&](int row, int column) { return static_cast<size_t>(row * columns + column); };
  std::vector<CellRectangle> rectangles;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      if (left[index(row, column)] != what) continue;
      // Each row below can be as wide as the one above it at most. Of the odd heights, the first of the largest area.
      CellRectangle best{{row, column}, {row, column}};
      int end = columns, largest = 0;
      for (int r = row; r < rows; ++r) {
        int c = column;
        while (c < end && left[index(r, c)] == what) ++c;
        if (c == column) break;
        end = (c - column) % 2 == 0 ? c - 1 : c;
        const int height = r - row + 1, area = height * (end - column);
        if (height % 2 == 1 && area > largest) largest = area, best.end = {r + 1, end};
      }
      for (int r = row; r < best.end.row; ++r)
        std::fill_n(left.begin() + static_cast<std::ptrdiff_t>(index(r, column)), best.end.column - column, covered);
      rectangles.push_back(best);
    }
  }
  return rectangles;
}

}  // namespace figment::rodent
