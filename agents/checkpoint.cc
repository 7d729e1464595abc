#include "agents/checkpoint.h"

#include <torch/torch.h>

#include <span>

#include "base/error.h"
#include "base/hash.h"
#include "files/safetensors.h"

namespace figment::agents {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kFormat[] = "figment-checkpoint-1";

const std::string& Metadata(const files::SavedTensors& file, const std::string& key, const std::string& path) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end()) throw base::Error(path + ": not a checkpoint of Figment (it has no '" + key + "')");
  return found->second;
}

Json JsonOf(const std::string& text, const std::string& path) {
  try {
    return Json::parse(text);
  } catch (const Json::exception&) {
    throw base::Error(path + ": a damaged checkpoint (its metadata are not JSON)");
  }
}

std::string TextOf(const Json* value) {
  if (!value) return "absent";
  return value->is_string() ? value->get<std::string>() : value->dump();
}

}  // namespace

void WriteCheckpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  files::SavedTensors file;
  for (const NamedTensor& one : checkpoint.tensors) {
    const at::Tensor values = one.tensor.detach().contiguous();
    file.tensors.push_back(files::FloatTensor(one.name, values.sizes().vec(),
                                              std::span(values.const_data_ptr<float>(), static_cast<size_t>(values.numel()))));
  }
  const std::string config = checkpoint.config.dump();
  file.metadata = {{"format", kFormat},
                   {"config", config},
                   {"config_sha256", base::Sha256Of(config)},
                   {"state", checkpoint.state.dump()}};
  files::WriteSafetensors(path, file);
}

Checkpoint ReadCheckpoint(const std::filesystem::path& path) {
  const files::SavedTensors file = files::ReadSafetensors(path);
  const std::string name = path.string();
  if (const std::string& format = Metadata(file, "format", name); format != kFormat)
    throw base::Error(name + ": a checkpoint of format '" + format + "'; expected '" + kFormat + "'");
  const std::string& config = Metadata(file, "config", name);
  if (base::Sha256Of(config) != Metadata(file, "config_sha256", name))
    throw base::Error(name + ": its config was changed after it was written (config_sha256 differs)");
  Checkpoint checkpoint{.config = JsonOf(config, name), .state = JsonOf(Metadata(file, "state", name), name)};
  for (const files::SavedTensor& tensor : file.tensors) {
    const std::vector<float> values = files::Floats(&tensor, tensor.name, std::vector<int64_t>(tensor.shape.size(), -1), name);
    at::Tensor copy = at::empty(tensor.shape);
    std::copy(values.begin(), values.end(), copy.data_ptr<float>());
    checkpoint.tensors.push_back({tensor.name, copy});
  }
  return checkpoint;
}

void CopyTensors(const NamedTensors& from, const std::string& prefix, const NamedTensors& to, const std::string& source) {
  const at::NoGradGuard no_grad;
  for (const NamedTensor& target : to) {
    const auto found = std::find_if(from.begin(), from.end(),
                                    [&](const NamedTensor& one) { return one.name == prefix + target.name; });
    if (found == from.end()) throw base::Error(source + ": no tensor '" + prefix + target.name + "'");
    if (found->tensor.sizes() != target.tensor.sizes())
      throw base::Error(source + ": tensor '" + found->name + "' has another shape than expected");
    target.tensor.copy_(found->tensor);
  }
}

void RequireSameConfig(const std::filesystem::path& path, const Json& saved, const Json& now) {
  std::string differences;
  const auto compare = [&](const std::string& key) {
    const Json* there = saved.contains(key) ? &saved.at(key) : nullptr;
    const Json* here = now.contains(key) ? &now.at(key) : nullptr;
    if (there && here && *there == *here) return;
    differences += (differences.empty() ? "" : "; ") + key + " is " + TextOf(there) + " there and " + TextOf(here) + " here";
  };
  for (const auto& [key, value] : now.items()) compare(key);
  for (const auto& [key, value] : saved.items())
    if (!now.contains(key)) compare(key);
  if (!differences.empty())
    throw base::Error(path.string() + " belongs to a run with other settings: " + differences +
                      ". Give the same settings, or another folder");
}

}  // namespace figment::agents
