#include "lab/doctor.h"

#include <sstream>

#include "base/error.h"
#include "base/machine.h"
#include "base/version.h"
#include "envs/engines.h"
#include "files/library_versions.h"
#include "lab/problems.h"
#include "lab/torch_version.h"
#include "lab/viewer.h"
#include "render/device_copy.h"
#include "render/renderer.h"

namespace figment::lab {
namespace {

using Json = nlohmann::ordered_json;

Json Machine() {
  return {{"cpu", base::CpuClass()},
          {"cpus", base::NumberOfCpus()},
          {"memory_gb", static_cast<double>(base::PhysicalMemoryBytes() / 100'000'000) / 10}};
}

Json Devices() {
  Json list = Json::array();
  for (const render::DeviceInfo& device : render::ListDevices()) {
    Json one = {{"index", device.index},        {"name", device.name},         {"software", device.software},
                {"gl_renderer", device.gl_renderer}, {"gl_version", device.gl_version}};
    one["cuda_number"] = device.cuda_number >= 0 ? Json(device.cuda_number) : Json(nullptr);
    if (!device.problem.empty()) one["problem"] = device.problem;
    list.push_back(one);
  }
  return list;
}

constexpr char kHowToGetTorch[] = "scripts/setup.sh --full && cmake --preset full && cmake --build --preset full";

Json Libraries() {
  Json list = {{"Bullet", envs::BulletVersion()}, {"MuJoCo", envs::MujocoVersion()}, {"window", ViewerVersion()},
               {"pictures in CUDA memory", render::DeviceCopyVersion()}};
  for (const auto& [name, version] : files::LibraryVersions()) list[name] = version;
  const std::string torch = TorchVersion();
  list["torch"] = torch.empty() ? "not in this build; to train networks: " + std::string(kHowToGetTorch) : torch;
  return list;
}

// Draws one small picture with the device that `auto` takes.
void ExamineRenderer(Json& report) {
  try {
    render::Renderer renderer({.width = 16, .height = 16, .quality = render::Quality::kStandard, .device = "auto"});
    const envs::Scene scene;
    const envs::SceneState state = envs::InitialState(scene);
    render::Frame frame;
    renderer.Upload(scene);
    renderer.Render({&state, envs::LookAt({0, -3, 2}, {0, 0, 0}, 1.0)}, nullptr, {}, frame);
    const render::RendererInfo& info = renderer.info();
    report["renderer"] = {{"gl_renderer", info.gl_renderer}, {"gl_version", info.gl_version},
                          {"egl_device", info.egl_device}, {"software", info.software}};
    if (info.software)
      report["notes"].push_back("pictures are drawn in software; use one worker process a core (--workers auto)");
    else
      report["notes"].push_back(
          "drawing on a GPU has not yet been run on a GPU by us: `figment doctor --gpu` compares it with software");
  } catch (const base::Error& error) {
    Json problem = ProblemOf(error, "install Mesa: apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri");
    problem["what"] = "no picture can be drawn: " + problem["what"].get<std::string>();
    report["problems"].push_back(problem);
  }
}

void ExamineMovies(Json& report) {
  if (!files::HasH264Encoder())
    report["problems"].push_back({{"what", "FFmpeg's libraries lack the encoder libx264, so no movies can be written"},
                                  {"fix", "apt-get install libavcodec-extra"}});
}

// A value without JSON's quotation marks.
std::string Plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

void AppendFields(const Json& object, std::ostringstream& out) {
  for (const auto& [name, value] : object.items()) out << "  " << name << ": " << Plain(value) << "\n";
}

}  // namespace

Json Examine() {
  Json report = {{"figment", base::kVersion}, {"machine", Machine()},     {"devices", Devices()},
                 {"renderer", nullptr},       {"libraries", Libraries()}, {"problems", Json::array()},
                 {"notes", Json::array()}};
  ExamineRenderer(report);
  ExamineMovies(report);
  return report;
}

std::string ToText(const Json& report) {
  std::ostringstream out;
  out << "figment " << Plain(report["figment"]) << "\n\nmachine\n";
  AppendFields(report["machine"], out);
  out << "\nEGL devices" << (report["devices"].empty() ? "\n  none\n" : "\n");
  for (const Json& device : report["devices"]) {
    out << "  " << device["index"] << ": " << Plain(device["name"]) << (device["software"] ? " (software)" : " (GPU)");
    if (!device["cuda_number"].is_null()) out << ", --device gpu:" << device["cuda_number"];
    out << "\n     " << (device.contains("problem") ? Plain(device["problem"])
                                                      : Plain(device["gl_renderer"]) + ", OpenGL " + Plain(device["gl_version"]))
        << "\n";
  }
  out << "\nrenderer that --device auto takes\n";
  if (report["renderer"].is_null()) out << "  none\n";
  else AppendFields(report["renderer"], out);
  out << "\nlibraries\n";
  AppendFields(report["libraries"], out);
  for (const Json& note : report["notes"]) out << "\nnote: " << Plain(note) << "\n";
  out << ProblemsToText(report["problems"]);
  if (report["problems"].empty()) out << "\nEverything Figment needs is here.\n";
  return out.str();
}

}  // namespace figment::lab
