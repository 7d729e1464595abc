#include <chrono>
#include <cmath>
#include <functional>
#include <sstream>

#include "base/error.h"
#include "lab/doctor.h"
#include "lab/problems.h"
#include "physion/preview.h"
#include "render/device_copy.h"
#include "render/renderer.h"

namespace figment::lab {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSize = 256;
constexpr double kMeasured_s = 0.3;
// Between two drivers edges fall on other sides of pixel centres and blends round otherwise: the limits of a mean and of
// a share, chosen well above that and well below any wrong shading or geometry. Not measured on a GPU by us.
constexpr double kMostDifference = 2.0, kLeastEqualIds = 0.98;

// Calls it with 0, 1, ... for a while; calls a second.
double RateOf(const std::function<void(size_t)>& act) {
  const auto start = std::chrono::steady_clock::now();
  double seconds = 0;
  size_t calls = 0;
  for (; seconds < kMeasured_s; ++calls) {
    act(calls);
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  return static_cast<double>(calls) / seconds;
}

struct Pictures {
  render::Frame frame;
  double frames_per_s = 0;
};

Pictures Draw(render::Renderer& renderer, const physion::Candidate& trial) {
  const auto& frames = trial.simulation.frames;
  renderer.Upload(trial.trial.scene);
  Pictures pictures;
  const auto draw = [&](size_t f) {
    renderer.Render({&frames[f % frames.size()].state, trial.trial.camera}, nullptr, {.color = true, .id = true},
                    pictures.frame);
  };
  draw(0);  // what is made on first use
  pictures.frames_per_s = RateOf(draw);
  draw(frames.size() / 2);
  return pictures;
}

double MeanDifference(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  return sum / static_cast<double>(a.size());
}

double EqualShare(const std::vector<uint16_t>& a, const std::vector<uint16_t>& b) {
  size_t equal = 0;
  for (size_t i = 0; i < a.size(); ++i) equal += a[i] == b[i];
  return static_cast<double>(equal) / static_cast<double>(a.size());
}

Json Compare(render::Quality quality, const std::string& device, const physion::Candidate& trial, Json& problems) {
  const auto config = [&](const std::string& where) {
    return render::RenderConfig{.width = kSize, .height = kSize, .quality = quality, .device = where};
  };
  render::Renderer gpu(config(device)), software(config("cpu"));
  const Pictures on_gpu = Draw(gpu, trial), in_software = Draw(software, trial);
  const double difference = MeanDifference(on_gpu.frame.color, in_software.frame.color);
  const double equal = EqualShare(on_gpu.frame.id, in_software.frame.id);
  const std::string name = render::QualityNames()[static_cast<size_t>(quality)];
  if (difference > kMostDifference || equal < kLeastEqualIds)
    problems.push_back({{"what", "pictures of quality " + name + " differ from the software path's: by " +
                                     std::to_string(difference) + " of 255 in the mean, ids equal in " +
                                     std::to_string(equal) + " of the pixels"},
                        {"fix", "draw with --device cpu, and report the lines above"}});
  return {{"quality", name}, {"mean_difference", difference}, {"equal_ids", equal},
          {"frames_per_s", on_gpu.frames_per_s}, {"software_frames_per_s", in_software.frames_per_s}};
}

// The picture that goes to CUDA memory must be the one that comes to the host.
Json CompareDeviceCopy(const std::string& device, const physion::Candidate& trial, Json& problems) {
  render::Renderer renderer({.width = kSize, .height = kSize, .device = device});
  renderer.Upload(trial.trial.scene);
  const render::View view{&trial.simulation.frames.front().state, trial.trial.camera};
  render::Frame frame;
  renderer.Render(view, nullptr, {.color = true}, frame);
  render::DeviceMemory memory(frame.color.size());
  renderer.RenderToDevice(view, {.data = memory.data(), .channels = 3});
  std::vector<uint8_t> copied(frame.color.size());
  memory.CopyToHost(copied.data());
  const double frames_per_s =
      RateOf([&](size_t) { renderer.RenderToDevice(view, {.data = memory.data(), .channels = 3}); });
  if (copied != frame.color)
    problems.push_back({{"what", "the picture in CUDA memory is not the one that was drawn"},
                        {"fix", "do not use RenderToDevice, and report this"}});
  return {{"equal", copied == frame.color}, {"frames_per_s", frames_per_s}};
}

}  // namespace

Json ExamineGpu(const std::string& device) {
  Json report = {{"device", device},    {"renderer", nullptr}, {"pictures", Json::array()}, {"cuda", nullptr},
                 {"cuda_build", render::DeviceCopyVersion()}, {"problems", Json::array()}};
  try {
    {
      const render::Renderer renderer({.width = 16, .height = 16, .device = device});
      report["renderer"] = renderer.info().gl_renderer;
    }
    const physion::Candidate trial = physion::ChooseTrial({.scenario = "drop", .seed = 1}, {});
    for (const render::Quality quality :
         {render::Quality::kDraft, render::Quality::kStandard, render::Quality::kHigh})
      report["pictures"].push_back(Compare(quality, device, trial, report["problems"]));
    if (render::HasDeviceCopy()) report["cuda"] = CompareDeviceCopy(device, trial, report["problems"]);
  } catch (const base::Error& error) {
    if (error.kind() == base::ErrorKind::kUsage) throw;  // the device has no such name
    report["problems"].push_back(ProblemOf(error, "draw with --device cpu"));
  }
  return report;
}

std::string GpuToText(const Json& report) {
  std::ostringstream out;
  out << "GPU path, device " << report["device"].get<std::string>() << "\n";
  if (!report["renderer"].is_null()) out << "  draws with " << report["renderer"].get<std::string>() << "\n";
  out << "  CUDA memory: " << report["cuda_build"].get<std::string>() << "\n";
  for (const Json& row : report["pictures"])
    out << "  " << row["quality"].get<std::string>() << ": " << row["frames_per_s"] << " frames/s (software "
        << row["software_frames_per_s"] << "), mean difference " << row["mean_difference"] << " of 255, ids equal "
        << row["equal_ids"] << "\n";
  if (!report["cuda"].is_null())
    out << "  into CUDA memory: " << report["cuda"]["frames_per_s"] << " frames/s, "
        << (report["cuda"]["equal"].get<bool>() ? "equal" : "not equal") << " to the host's picture\n";
  out << ProblemsToText(report["problems"]);
  if (report["problems"].empty()) out << "\nThe GPU draws what the software path draws.\n";
  return out.str();
}

}  // namespace figment::lab
