#include "rodent/recorded_arena.h"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "rodent/outdoors.h"

namespace figment::rodent {
namespace {

using files::NpyArray;
using files::NpzReader;

constexpr int kBodiesOfRodent = 66;  // with the free body
constexpr size_t kMostGeoms = 10000;

class Reader {
 public:
  Reader(const NpzReader& file, const std::string& source) : file_(file), source_(source) {}

  bool Has(const std::string& name) const { return file_.Has(name); }

  // [rows, width] as numbers; rows 0 = any. Throws if there are others.
  std::vector<double> Numbers(const std::string& name, size_t rows, size_t width) const {
    const std::vector<double> values = file_.Read(name).Values<double>(Name(name));
    if (rows == 0 ? values.size() % width != 0 : values.size() != rows * width)
      throw base::Error(Name(name) + " holds " + std::to_string(values.size()) + " numbers: expected " +
                        std::to_string(rows) + " rows of " + std::to_string(width));
    if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); }))
      throw base::Error(Name(name) + " holds a value that is not finite");
    return values;
  }

  std::vector<int> Integers(const std::string& name, size_t rows) const {
    std::vector<int> integers;
    for (const double value : Numbers(name, rows, 1)) {
      if (value != std::floor(value) || std::abs(value) > 1e6) throw base::Error(Name(name) + " holds no integers");
      integers.push_back(static_cast<int>(value));
    }
    return integers;
  }

  NpyArray Array(const std::string& name) const { return file_.Read(name); }
  std::string Name(const std::string& name) const { return source_ + ": array '" + name + "'"; }

 private:
  const NpzReader& file_;
  const std::string& source_;
};

struct Bodies {
  std::vector<int> ids, parents;         // as in the recorded model; the world is 0
  std::vector<double> positions, quats;  // [n, 3], [n, 4]
  bool given = false;
};

struct Geoms {
  size_t count = 0;
  std::vector<std::string> names;
  std::vector<int> type, group, contype, conaffinity, condim, priority, body;
  std::vector<double> pos, quat, size, friction, solref, solimp, margin, gap;
};

Geoms ReadGeoms(const Reader& reader) {
  Geoms geoms;
  geoms.type = reader.Integers("arena_geom_type", 0);
  geoms.count = geoms.type.size();
  for (const int type : geoms.type)
    if (type < mjGEOM_PLANE || type > mjGEOM_BOX)
      throw base::Error(reader.Name("arena_geom_type") + " holds the type " + std::to_string(type) +
                        ": expected 0 (plane) to 6 (box)");
  if (geoms.count > kMostGeoms) throw base::Error(reader.Name("arena_geom_type") + " holds more than 10000 geoms");
  const auto integers = [&](const std::string& field, int absent) {
    const std::string name = "arena_geom_" + field;
    return reader.Has(name) ? reader.Integers(name, geoms.count) : std::vector<int>(geoms.count, absent);
  };
  const auto numbers = [&](const std::string& field, std::vector<double> absent) {
    const std::string name = "arena_geom_" + field;
    if (reader.Has(name)) return reader.Numbers(name, geoms.count, absent.size());
    std::vector<double> values;
    for (size_t i = 0; i < geoms.count; ++i) values.insert(values.end(), absent.begin(), absent.end());
    return values;
  };
  geoms.pos = reader.Numbers("arena_geom_pos", geoms.count, 3);
  geoms.size = reader.Numbers("arena_geom_size", geoms.count, 3);
  geoms.quat = numbers("quat", {1, 0, 0, 0});
  // What is absent is MuJoCo's default, as everywhere in the reference's arenas.
  geoms.group = integers("group", 0);
  geoms.contype = integers("contype", 1);
  geoms.conaffinity = integers("conaffinity", 1);
  geoms.condim = integers("condim", 3);
  geoms.priority = integers("priority", 0);
  geoms.body = integers("bodyid", 0);
  geoms.friction = numbers("friction", {1, 0.005, 0.0001});
  geoms.solref = numbers("solref", {0.02, 1});
  geoms.solimp = numbers("solimp", {0.9, 0.95, 0.001, 0.5, 2});
  geoms.margin = numbers("margin", {0});
  geoms.gap = numbers("gap", {0});
  geoms.names.resize(geoms.count);
  if (reader.Has("arena_geom_names")) {
    const NpyArray names = reader.Array("arena_geom_names");
    if (names.texts.size() != geoms.count) throw base::Error(reader.Name("arena_geom_names") + " is not a text a geom");
    geoms.names = names.texts;
  }
  return geoms;
}

// Rows of body arrays belong to arena_body_id if it is there; else to ids 0, 1, ... if there are enough, else to the
// ids that geoms name, in ascending order. Without such arrays bodies stand in the world unrotated.
Bodies ReadBodies(const Reader& reader, const std::vector<int>& of_geoms) {
  std::set<int> used = {0};
  used.insert(of_geoms.begin(), of_geoms.end());
  if (*used.begin() < 0) throw base::Error(reader.Name("arena_geom_bodyid") + " is negative");
  Bodies bodies;
  bodies.given = reader.Has("arena_body_pos");
  if (!bodies.given) {
    bodies.ids.assign(used.begin(), used.end());
    bodies.parents.assign(used.size(), 0);
    for (size_t i = 0; i < used.size(); ++i) {
      bodies.positions.insert(bodies.positions.end(), {0, 0, 0});
      bodies.quats.insert(bodies.quats.end(), {1, 0, 0, 0});
    }
    return bodies;
  }
  bodies.positions = reader.Numbers("arena_body_pos", 0, 3);
  const size_t count = bodies.positions.size() / 3;
  bodies.quats = reader.Numbers("arena_body_quat", count, 4);
  bodies.parents = reader.Has("arena_body_parentid") ? reader.Integers("arena_body_parentid", count)
                                                     : std::vector<int>(count, 0);
  if (reader.Has("arena_body_id")) bodies.ids = reader.Integers("arena_body_id", count);
  else if (static_cast<size_t>(*used.rbegin()) < count)
    for (size_t i = 0; i < count; ++i) bodies.ids.push_back(static_cast<int>(i));
  else if (count == used.size()) bodies.ids.assign(used.begin(), used.end());
  else throw base::Error(reader.Name("arena_body_pos") + " does not fit arena_geom_bodyid");
  return bodies;
}

void AddGeom(const Geoms& geoms, size_t i, mjsBody* body) {
  mjsGeom& geom = *mjs_addGeom(body, nullptr);
  if (!geoms.names[i].empty()) mjs_setName(geom.element, geoms.names[i].c_str());
  geom.type = static_cast<mjtGeom>(geoms.type[i]);
  std::copy_n(&geoms.pos[3 * i], 3, geom.pos);
  std::copy_n(&geoms.quat[4 * i], 4, geom.quat);
  std::copy_n(&geoms.size[3 * i], 3, geom.size);
  std::copy_n(&geoms.friction[3 * i], 3, geom.friction);
  std::copy_n(&geoms.solref[2 * i], 2, geom.solref);
  std::copy_n(&geoms.solimp[5 * i], 5, geom.solimp);
  geom.group = geoms.group[i];
  geom.contype = geoms.contype[i];
  geom.conaffinity = geoms.conaffinity[i];
  geom.condim = geoms.condim[i];
  geom.priority = geoms.priority[i];
  geom.margin = geoms.margin[i];
  geom.gap = geoms.gap[i];
  if (geom.type == mjGEOM_HFIELD) mjs_setString(geom.hfieldname, "terrain");
}

std::string BodyName(int id) { return "arena_" + std::to_string(id); }

// Bodies that geoms or their descendants need, in the recorded order: before the rodent or after it.
class ArenaBuilder {
 public:
  ArenaBuilder(const Reader& reader, mjSpec& spec, const Geoms& geoms, const Bodies& bodies)
      : reader_(reader), spec_(spec), geoms_(geoms), bodies_(bodies) {
    for (size_t row = 0; row < bodies.ids.size(); ++row) row_of_[bodies.ids[row]] = row;
    for (const int id : geoms.body) Need(id, 0);
  }

  void Add(bool after_rodent) {
    for (const int id : needed_)
      if (IsAfter(id) == after_rodent) AddBody(id);
  }

 private:
  void Need(int id, int depth) {
    const auto row = row_of_.find(id);
    if (row == row_of_.end() || depth > 100)
      throw base::Error(reader_.Name("arena_geom_bodyid") + " names a body " + std::to_string(id) + " that is not there");
    needed_.insert(id);
    if (id != 0) Need(bodies_.parents[row->second], depth + 1);
  }

  // Ids of the recorded model count the rodent's bodies too. Where they do not, spheres to reach come after it.
  bool IsAfter(int id) const {
    if (id >= kBodiesOfRodent) return true;
    for (size_t i = 0; i < geoms_.count; ++i)
      if (id != 0 && geoms_.body[i] == id && geoms_.type[i] == mjGEOM_SPHERE) return true;
    return false;
  }

  void AddBody(int id) {
    mjsBody* body = mjs_findBody(&spec_, "world");
    if (id != 0) {
      const size_t row = row_of_.at(id);
      const int parent = bodies_.parents[row];
      mjsBody* const at = mjs_findBody(&spec_, parent == 0 ? "world" : BodyName(parent).c_str());
      if (at == nullptr)
        throw base::Error(reader_.Name("arena_body_parentid") + " puts body " + std::to_string(id) + " in body " +
                          std::to_string(parent) + ", which comes after it");
      body = mjs_addBody(at, nullptr);
      mjs_setName(body->element, BodyName(id).c_str());
      std::copy_n(&bodies_.positions[3 * row], 3, body->pos);
      std::copy_n(&bodies_.quats[4 * row], 4, body->quat);
    }
    for (size_t i = 0; i < geoms_.count; ++i)
      if (geoms_.body[i] == id) AddGeom(geoms_, i, body);
  }

  const Reader& reader_;
  mjSpec& spec_;
  const Geoms& geoms_;
  const Bodies& bodies_;
  std::map<int, size_t> row_of_;
  std::set<int> needed_;
};

struct Terrain {
  std::vector<double> heights;
  int rows = 0, columns = 0;
};

Terrain ReadTerrain(const Reader& reader) {
  const NpyArray array = reader.Array("hfield_data");
  Terrain terrain = {.heights = array.Values<double>(reader.Name("hfield_data"))};
  const auto side = static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(terrain.heights.size()))));
  const bool flat = array.shape.size() == 1;
  const int64_t rows = flat ? side : array.shape.front(), columns = flat ? side : array.shape.back();
  if (rows < 2 || columns < 2 || rows * columns != static_cast<int64_t>(terrain.heights.size()) || rows * columns > 4000000)
    throw base::Error(reader.Name("hfield_data") + " is no grid of heights");
  terrain.rows = static_cast<int>(rows);
  terrain.columns = static_cast<int>(columns);
  return terrain;
}

}  // namespace

bool HoldsArena(const NpzReader& file) { return file.Has("arena_geom_type"); }

envs::MujocoModel CompileRecordedArena(const NpzReader& file, const std::string& source, const Assets& assets) {
  const Reader reader(file, source);
  const Geoms geoms = ReadGeoms(reader);
  const Bodies bodies = ReadBodies(reader, geoms.body);
  const envs::MujocoSpec spec = MakeArenaSpec(Profile::kExact);
  Terrain terrain;
  if (reader.Has("hfield_data")) {
    terrain = ReadTerrain(reader);
    AddTerrainField(*spec, terrain.rows, terrain.columns);
  }
  ArenaBuilder builder(reader, *spec, geoms, bodies);
  builder.Add(false);
  AttachBody(*spec, assets, {});
  builder.Add(true);
  envs::MujocoModel model = envs::Compile(*spec);
  std::copy(terrain.heights.begin(), terrain.heights.end(), model->hfield_data);
  return model;
}

}  // namespace figment::rodent
