#include "lab/render_model.h"

#include "base/error.h"
#include "envs/mjcf_world.h"
#include "files/atomic.h"
#include "files/npy.h"
#include "files/png.h"
#include "render/renderer.h"

namespace figment::lab {
namespace {

// The rows of a table of positions; one empty row for the start pose.
std::vector<std::vector<double>> ReadPositions(const std::filesystem::path& path, int count) {
  if (path.empty()) return {{}};
  const files::NpyArray table = files::ReadNpy(path);
  const std::vector<double> values = table.Values<double>(path.string());
  if (table.shape.empty() || table.shape.size() > 2 || table.shape.back() != count)
    throw base::Error(path.string() + ": expected an array [" + std::to_string(count) + "] or [N, " + std::to_string(count) + "]");
  std::vector<std::vector<double>> rows;
  for (auto row = values.begin(); row != values.end(); row += count) rows.emplace_back(row, row + count);
  return rows;
}

unsigned ShownGroups(const std::vector<int>& hidden) {
  unsigned groups = ~0u;
  for (const int group : hidden) {
    if (group < 0 || group > 31) throw base::UsageError("--hide " + std::to_string(group) + ": expected groups from 0 to 31");
    groups &= ~(1u << group);
  }
  return groups;
}

void Write(const RenderModelOptions& options, std::vector<uint8_t> rgb, size_t pictures) {
  const std::vector<int64_t> shape = {static_cast<int64_t>(pictures), options.height, options.width, 3};
  if (options.out.extension() == ".npy")
    files::WriteFileAtomically(options.out, files::EncodeNpy(std::span<const uint8_t>(rgb), shape));
  else
    files::WritePng(options.out, {options.width, options.height, std::move(rgb)});
}

}  // namespace

void RenderModel(const RenderModelOptions& options) {
  const std::string kind = options.out.extension().string();
  if (kind != ".png" && kind != ".npy") throw base::UsageError("--out " + options.out.string() + ": expected a .png or .npy file");
  if (options.steps < 0) throw base::UsageError("--steps " + std::to_string(options.steps) + ": expected 0 or more");
  const unsigned groups = ShownGroups(options.hidden_groups);
  envs::MjcfWorld world(envs::LoadMjcf(options.model));
  envs::CameraNow(world.scene(), world.State(), options.camera);  // names the nearest before anything is drawn
  const std::vector<std::vector<double>> rows = ReadPositions(options.positions, world.positions());
  if (kind == ".png" && rows.size() != 1)
    throw base::UsageError(std::to_string(rows.size()) + " rows of positions: expected --out NAME.npy");
  render::Renderer renderer({.width = options.width, .height = options.height,
                             .quality = render::ParseQuality(options.quality), .device = options.device});
  renderer.Upload(world.scene());
  render::Frame frame;
  std::vector<uint8_t> rgb;
  for (const std::vector<double>& row : rows) {
    if (!row.empty()) world.SetPositions(row);
    if (options.steps > 0) world.Step(options.steps);
    const envs::SceneState& state = world.State();
    renderer.Render({&state, envs::CameraNow(world.scene(), state, options.camera), groups}, nullptr, {}, frame);
    rgb.insert(rgb.end(), frame.color.begin(), frame.color.end());
  }
  Write(options, std::move(rgb), rows.size());
}

}  // namespace figment::lab
