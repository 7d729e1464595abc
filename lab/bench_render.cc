#include "lab/bench_render.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <fstream>
#include <sstream>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/machine.h"
#include "base/process.h"
#include "base/version.h"

namespace figment::lab {
namespace {

namespace fs = std::filesystem;
using base::Cell;
using base::Pose;
using base::Quat;
using base::Vec3;

constexpr double kFieldOfView_deg = 55;  // Physion's camera
const Vec3 kCameraPosition(1.0, -2.6, 1.5), kCameraTarget(0, 0, 0.2);

double Radians(double degrees) { return degrees * 3.14159265358979323846 / 180; }

envs::Fixture Wall(const Vec3& centre, const Vec3& half_size) {
  envs::Fixture wall;
  wall.X_WF.p = centre;
  wall.half_size = half_size;
  wall.appearance = {.color = envs::Rgb(0.86f, 0.85f, 0.82f), .texture = envs::Texture::kPlaster, .texture_size_m = 2};
  return wall;
}

std::string Numbers(const Vec3& v) {
  std::ostringstream text;
  text << v.x() << ' ' << v.y() << ' ' << v.z();
  return text.str();
}

std::string Attribute(const std::string& name, const std::string& value) { return " " + name + "=\"" + value + "\""; }

std::string PoseAttributes(const Pose& pose) {
  std::ostringstream quaternion;
  quaternion << pose.q.w() << ' ' << pose.q.x() << ' ' << pose.q.y() << ' ' << pose.q.z();
  return Attribute("pos", Numbers(pose.p)) + Attribute("quat", quaternion.str());
}

std::string ColorAttribute(const envs::Rgb& color) {
  return Attribute("rgba", Numbers(color.cast<double>()) + " 1");
}

std::string MeshElement(const envs::Body& body, const envs::Mesh& mesh) {
  std::ostringstream vertices, faces;
  for (const Eigen::Vector3f& v : mesh.vertices) vertices << v.x() << ' ' << v.y() << ' ' << v.z() << ' ';
  for (const auto& f : mesh.triangles) faces << f[0] << ' ' << f[1] << ' ' << f[2] << ' ';
  return "<mesh" + Attribute("name", body.name) + Attribute("scale", Numbers(body.scale)) +
         Attribute("vertex", vertices.str()) + Attribute("face", faces.str()) + Attribute("inertia", "shell") + "/>\n";
}

// One of the benchmark's settings, for our renderer.
struct Case {
  int size = 64;
  std::string quality;
  bool all_passes = false;
};

std::vector<std::string> WorkerArguments(const Case& one, double seconds) {
  return {std::to_string(one.size), one.quality, one.all_passes ? "all" : "rgb", std::to_string(seconds)};
}

// What a worker that draws in software gets: no rasteriser threads, they only get in each other's way.
const base::Process::Environment kSoftwareEnvironment = {{"LP_NUM_THREADS", "0"}};

// The speeds of `count` workers that run at the same time.
std::vector<RenderSpeed> RunWorkers(const fs::path& program, const Case& one, int count, double seconds) {
  std::vector<base::Process> workers;
  for (int i = 0; i < count; ++i)
    workers.push_back(base::Process::Spawn(program, WorkerArguments(one, seconds), kSoftwareEnvironment));
  std::vector<RenderSpeed> speeds;
  for (base::Process& worker : workers) {
    const std::optional<std::string> line = worker.ReceiveLine();
    const base::ExitStatus status = worker.Wait();
    RenderSpeed speed;
    if (!line || !status.ok() || !(std::istringstream(*line) >> speed.frames_per_s >> speed.frames_per_cpu_s))
      throw base::Error(program.string() + " " + Describe(status));
    speeds.push_back(speed);
  }
  return speeds;
}

// mujoco.Renderer's settings.
struct MujocoCase {
  int size = 64;
  std::string passes = "rgb";
  std::string effects = "off";
};

RenderSpeed RunMujoco(const RenderBenchPrograms& programs, const fs::path& scene, const MujocoCase& one, double seconds) {
  base::Process process = base::Process::Spawn(
      programs.python,
      {programs.mujoco_script.string(), scene.string(), "--size", std::to_string(one.size), "--passes", one.passes,
       "--effects", one.effects, "--seconds", std::to_string(seconds)},
      {{"LP_NUM_THREADS", "0"}, {"MUJOCO_GL", "egl"}});
  const std::optional<std::string> line = process.ReceiveLine();
  const base::ExitStatus status = process.Wait();
  if (!line || !status.ok()) throw base::Error(programs.mujoco_script.string() + " " + Describe(status));
  const auto result = nlohmann::json::parse(*line);
  return {result.at("frames_per_s"), result.at("frames_per_cpu_s")};
}

RenderSpeed Median(std::vector<RenderSpeed> speeds) {
  const auto middle = [&](auto field) {
    std::sort(speeds.begin(), speeds.end(), [&](const auto& a, const auto& b) { return a.*field < b.*field; });
    return speeds[speeds.size() / 2].*field;
  };
  return {middle(&RenderSpeed::frames_per_s), middle(&RenderSpeed::frames_per_cpu_s)};
}

std::vector<Cell> Row(const std::string& what, const Case& one, int workers, const RenderSpeed& speed, const Cell& ratio) {
  return {what, one.size, one.quality, one.all_passes ? "all five" : "rgb", workers, Cell(speed.frames_per_s, 1),
          Cell(speed.frames_per_cpu_s, 1), ratio};
}

// Ours against mujoco.Renderer, alternating, so that a busy machine slows both alike.
void Compare(const RenderBenchPrograms& programs, const fs::path& scene, const Case& ours, const MujocoCase& theirs,
             base::Table& table) {
  constexpr int kRuns = 3;
  constexpr double kSeconds = 2;
  std::vector<RenderSpeed> our_speeds, their_speeds;
  for (int run = 0; run < kRuns; ++run) {
    their_speeds.push_back(RunMujoco(programs, scene, theirs, kSeconds));
    our_speeds.push_back(RunWorkers(programs.worker, ours, 1, kSeconds).front());
  }
  const RenderSpeed us = Median(our_speeds), them = Median(their_speeds);
  table.rows.push_back({"mujoco.Renderer, " + std::string(theirs.effects == "off" ? "effects off" : "its defaults"),
                        theirs.size, "-", theirs.passes, 1, Cell(them.frames_per_s, 1), Cell(them.frames_per_cpu_s, 1), {}});
  table.rows.push_back(Row("figment", ours, 1, us, Cell(us.frames_per_cpu_s / them.frames_per_cpu_s, 1)));
}

bool CanCompare(const RenderBenchPrograms& programs) {
  return fs::exists(programs.python) && fs::exists(programs.mujoco_script);
}

void AddComparisons(const RenderBenchPrograms& programs, base::Table& table) {
  if (!CanCompare(programs)) {
    table.notes.push_back("mujoco.Renderer not measured: no " + programs.python.string() + " (scripts/setup.sh makes it)");
    return;
  }
  const fs::path scene = fs::temp_directory_path() / ("figment-bench-" + std::to_string(getpid()) + ".xml");
  std::ofstream(scene) << ToMjcf(RenderBenchScene());
  Compare(programs, scene, {.size = 64, .quality = "draft"}, {.size = 64}, table);
  Compare(programs, scene, {.size = 64, .quality = "draft"}, {.size = 64, .effects = "on"}, table);
  Compare(programs, scene, {.size = 256, .quality = "standard", .all_passes = true},
          {.size = 256, .passes = "rgb,depth,segmentation"}, table);
  fs::remove(scene);
}

// Every size, preset and set of passes with one process; the ratio is that of all passes to colour alone.
void AddGrid(const RenderBenchPrograms& programs, base::Table& table) {
  constexpr double kSeconds = 1;
  for (const std::string& quality : render::QualityNames())
    for (const int size : {64, 128, 256, 512}) {
      double rgb = 0;
      for (const bool all : {false, true}) {
        const Case one{.size = size, .quality = quality, .all_passes = all};
        const RenderSpeed speed = RunWorkers(programs.worker, one, 1, kSeconds).front();
        if (!all) rgb = speed.frames_per_cpu_s;
        table.rows.push_back(Row("figment", one, 1, speed, all ? Cell(speed.frames_per_cpu_s / rgb, 2) : Cell()));
      }
    }
}

void AddTwoWorkers(const RenderBenchPrograms& programs, base::Table& table) {
  constexpr double kSeconds = 3;
  for (const Case& one : {Case{64, "draft", false}, Case{256, "standard", true}}) {
    const RenderSpeed alone = RunWorkers(programs.worker, one, 1, kSeconds).front();
    RenderSpeed total;
    for (const RenderSpeed& speed : RunWorkers(programs.worker, one, 2, kSeconds)) {
      total.frames_per_s += speed.frames_per_s;
      total.frames_per_cpu_s += speed.frames_per_cpu_s / 2;
    }
    table.rows.push_back(Row("figment, two processes together", one, 2, total,
                             Cell(total.frames_per_s / alone.frames_per_s, 2)));
  }
}

}  // namespace

envs::Scene RenderBenchScene() {
  const std::array<const char*, 12> shapes = {"cube",    "sphere",   "cylinder", "cone",       "torus",    "bowl",
                                              "pipe",    "dumbbell", "pyramid",  "octahedron", "pentagon", "platonic"};
  const std::array<envs::Rgb, 6> colors = {envs::Rgb(0.90f, 0.10f, 0.10f), envs::Rgb(0.15f, 0.35f, 0.85f),
                                           envs::Rgb(0.15f, 0.65f, 0.30f), envs::Rgb(0.95f, 0.85f, 0.15f),
                                           envs::Rgb(0.60f, 0.30f, 0.75f), envs::Rgb(0.20f, 0.75f, 0.75f)};
  envs::Scene scene;
  for (size_t i = 0; i < shapes.size(); ++i) {
    scene.shapes.push_back(envs::MakePrimitive(shapes[i]));
    envs::Body body;
    body.name = shapes[i];
    body.shape = static_cast<int>(i);
    body.scale = Vec3::Constant(0.3);
    // Four columns, three rows, .6 m apart, each turned a little more.
    body.X_WB.p = Vec3(-0.9 + 0.6 * static_cast<double>(i % 4), -0.7 + 0.6 * static_cast<double>(i / 4), 0);
    body.X_WB.q = Quat(Eigen::AngleAxisd(0.4 * static_cast<double>(i), Vec3::UnitZ()));
    body.appearance = {{.color = colors[i % colors.size()]}};
    scene.bodies.push_back(body);
  }
  scene.ground.appearance = {.color = envs::Rgb(0.68f, 0.54f, 0.39f), .texture = envs::Texture::kParquet, .texture_size_m = 1.2};
  for (const double side : {-1.0, 1.0}) {
    scene.fixtures.push_back(Wall(Vec3(side * 6.1, 0, 1.5), Vec3(0.1, 6, 1.5)));
    scene.fixtures.push_back(Wall(Vec3(0, side * 6.1, 1.5), Vec3(6, 0.1, 1.5)));
  }
  scene.cameras.push_back(envs::LookAt(kCameraPosition, kCameraTarget, Radians(kFieldOfView_deg)));
  return scene;
}

std::string ToMjcf(const envs::Scene& scene) {
  std::string meshes, geoms;
  for (const envs::Body& body : scene.bodies) {
    meshes += MeshElement(body, envs::SurfaceMesh(scene.shapes[static_cast<size_t>(body.shape)]));
    geoms += "<body" + PoseAttributes(body.X_WB) + "><freejoint/><geom type=\"mesh\"" + Attribute("mesh", body.name) +
             ColorAttribute(body.appearance.front().color) + "/></body>\n";
  }
  for (const envs::Fixture& wall : scene.fixtures)
    geoms += "<geom type=\"box\"" + PoseAttributes(wall.X_WF) + Attribute("size", Numbers(wall.half_size)) +
             ColorAttribute(wall.appearance.color) + "/>\n";
  // MuJoCo's camera looks along -z with y up: ours turned half a turn about x.
  Pose camera = scene.cameras.front().X_PC;
  camera.q = camera.q * Quat(0, 1, 0, 0);
  const double half = scene.ground.half_size_m;
  return "<mujoco>\n<visual><global offwidth=\"1024\" offheight=\"1024\"/></visual>\n<asset>\n"
         "<texture name=\"floor\" type=\"2d\" builtin=\"checker\" rgb1=\".68 .54 .39\" rgb2=\".62 .49 .35\" width=\"256\" "
         "height=\"256\"/>\n<material name=\"floor\" texture=\"floor\" texrepeat=\"10 10\" reflectance=\".2\"/>\n" +
         meshes + "</asset>\n<worldbody>\n<light directional=\"true\"" +
         Attribute("dir", Numbers(scene.light.direction_W)) + Attribute("pos", Numbers(Vec3(0, 0, 4))) + "/>\n" +
         "<geom type=\"plane\" material=\"floor\"" + Attribute("size", Numbers(Vec3(half, half, 0.1))) + "/>\n<camera" +
         PoseAttributes(camera) + Attribute("fovy", std::to_string(kFieldOfView_deg)) + "/>\n" + geoms +
         "</worldbody>\n</mujoco>\n";
}

RenderSpeed MeasureRendering(const render::RenderConfig& config, const render::Passes& passes, double seconds) {
  using Clock = std::chrono::steady_clock;
  const envs::Scene scene = RenderBenchScene();
  render::Renderer renderer(config);
  renderer.Upload(scene);
  envs::SceneState now = envs::InitialState(scene), before = now;
  const render::View view{&now, scene.cameras.front()}, previous{&before, scene.cameras.front()};
  render::Frame frame;
  // The first pictures compile shaders.
  for (int i = 0; i < 3; ++i) renderer.Render(view, &previous, passes, frame);
  const Clock::time_point start = Clock::now();
  const double cpu_start = base::ProcessCpuSeconds();
  double elapsed = 0;
  int frames = 0;
  for (; elapsed < seconds; ++frames) {
    before = now;
    for (envs::BodyState& body : now.bodies) body.X_WB.p.z() = 0.05 + 0.05 * std::sin(0.1 * frames);
    renderer.Render(view, &previous, passes, frame);
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  }
  return {frames / elapsed, frames / (base::ProcessCpuSeconds() - cpu_start)};
}

base::Table BenchRender(const RenderBenchPrograms& programs) {
  base::Table table;
  table.title = "Drawing 12 bodies in software, frames a second";
  table.columns = {"what", "size", "quality", "passes", "processes", "frames/s", "frames/s a CPU second", "ratio"};
  AddComparisons(programs, table);
  AddGrid(programs, table);
  AddTwoWorkers(programs, table);
  table.notes.push_back("ratio: to mujoco.Renderer in the row above (CPU seconds); all passes to colour alone; two processes to one (wall)");
  table.notes.push_back("figment " + std::string(base::kVersion) + ", " + base::CpuModel() + ", " +
                        std::to_string(base::NumberOfCpus()) + " CPUs");
  return table;
}

}  // namespace figment::lab
