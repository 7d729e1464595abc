#include "files/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/check.h"
#include "base/error.h"
#include "files/atomic.h"

namespace figment::files {
namespace {

using Json = nlohmann::ordered_json;

static_assert(std::endian::native == std::endian::little);

constexpr size_t kLengthBytes = 8;
constexpr uint64_t kLongestHeader = 100'000'000;  // the format's own limit

size_t WidthOf(const std::string& type) {
  static const std::map<std::string, size_t> widths = {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},
                                                       {"I32", 4}, {"I16", 2}, {"I8", 1},  {"U8", 1},   {"BOOL", 1}};
  const auto found = widths.find(type);
  return found == widths.end() ? 0 : found->second;
}

// Bytes of a tensor; nothing if a size is negative or too large to be real.
std::optional<size_t> SizeOf(const std::string& type, const std::vector<int64_t>& shape) {
  size_t bytes = WidthOf(type);
  for (const int64_t size : shape) {
    if (size < 0 || (size > 0 && bytes > (size_t{1} << 48) / static_cast<size_t>(size))) return std::nullopt;
    bytes *= static_cast<size_t>(size);
  }
  return bytes;
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (const int64_t size : shape) text += (text.size() > 1 ? ", " : "") + (size < 0 ? "any" : std::to_string(size));
  return text + "]";
}

base::Error Broken(const std::filesystem::path& path, const std::string& why) {
  return base::Error(path.string() + ": not a complete safetensors file: " + why);
}

SavedTensor TensorOf(const std::filesystem::path& path, const std::string& name, const Json& entry,
                     std::span<const uint8_t> data, std::vector<std::pair<size_t, size_t>>* places) {
  const auto wrong = [&](const std::string& why) { return Broken(path, "tensor '" + name + "' " + why); };
  SavedTensor tensor{.name = name};
  std::vector<uint64_t> place;
  try {
    tensor.type = entry.at("dtype").get<std::string>();
    tensor.shape = entry.at("shape").get<std::vector<int64_t>>();
    place = entry.at("data_offsets").get<std::vector<uint64_t>>();
  } catch (const Json::exception&) {
    throw wrong("lacks dtype, shape or data_offsets");
  }
  if (WidthOf(tensor.type) == 0) throw wrong("has the unknown type " + tensor.type);
  if (place.size() != 2 || place[0] > place[1] || place[1] > data.size()) throw wrong("lies outside the file");
  if (SizeOf(tensor.type, tensor.shape) != place[1] - place[0])
    throw wrong("has " + std::to_string(place[1] - place[0]) + " bytes, which is not " + tensor.type + " " +
                ShapeText(tensor.shape));
  tensor.bytes.assign(data.begin() + static_cast<std::ptrdiff_t>(place[0]),
                      data.begin() + static_cast<std::ptrdiff_t>(place[1]));
  places->push_back({place[0], place[1]});
  return tensor;
}

template <class T>
std::vector<T> Numbers(const SavedTensor* tensor, const std::string& name, const std::vector<int64_t>& shape,
                       const std::string& source, const char* type) {
  if (!tensor) throw base::Error(source + ": no tensor '" + name + "'");
  bool fits = tensor->type == type && tensor->shape.size() == shape.size();
  for (size_t i = 0; fits && i < shape.size(); ++i) fits = shape[i] < 0 || shape[i] == tensor->shape[i];
  if (!fits)
    throw base::Error(source + ": tensor '" + name + "' is " + tensor->type + " " + ShapeText(tensor->shape) +
                      "; expected " + type + " " + ShapeText(shape));
  std::vector<T> values(tensor->bytes.size() / sizeof(T));
  std::memcpy(values.data(), tensor->bytes.data(), tensor->bytes.size());
  return values;
}

template <class T>
SavedTensor MakeTensor(std::string name, const char* type, std::vector<int64_t> shape, std::span<const T> values) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(values.data());
  return {std::move(name), type, std::move(shape), {bytes, bytes + values.size_bytes()}};
}

}  // namespace

const SavedTensor* SavedTensors::Find(const std::string& name) const {
  const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const auto& one) { return one.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

SavedTensor FloatTensor(std::string name, std::vector<int64_t> shape, std::span<const float> values) {
  return MakeTensor(std::move(name), "F32", std::move(shape), values);
}

SavedTensor DoubleTensor(std::string name, std::vector<int64_t> shape, std::span<const double> values) {
  return MakeTensor(std::move(name), "F64", std::move(shape), values);
}

std::vector<float> Floats(const SavedTensor* tensor, const std::string& name, const std::vector<int64_t>& shape,
                          const std::string& source) {
  return Numbers<float>(tensor, name, shape, source, "F32");
}

std::vector<double> Doubles(const SavedTensor* tensor, const std::string& name, const std::vector<int64_t>& shape,
                            const std::string& source) {
  return Numbers<double>(tensor, name, shape, source, "F64");
}

void WriteSafetensors(const std::filesystem::path& path, const SavedTensors& tensors) {
  Json header = Json::object();
  if (!tensors.metadata.empty()) header["__metadata__"] = tensors.metadata;
  size_t end = 0;
  for (const SavedTensor& tensor : tensors.tensors) {
    CHECK(!header.contains(tensor.name));
    CHECK(SizeOf(tensor.type, tensor.shape) == tensor.bytes.size());
    header[tensor.name] = {{"dtype", tensor.type}, {"shape", tensor.shape}, {"data_offsets", {end, end + tensor.bytes.size()}}};
    end += tensor.bytes.size();
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // the numbers start at a multiple of 8
  std::vector<uint8_t> bytes(kLengthBytes);
  const uint64_t length = text.size();
  std::memcpy(bytes.data(), &length, kLengthBytes);
  bytes.insert(bytes.end(), text.begin(), text.end());
  for (const SavedTensor& tensor : tensors.tensors) bytes.insert(bytes.end(), tensor.bytes.begin(), tensor.bytes.end());
  WriteFileAtomically(path, bytes);
}

SavedTensors ReadSafetensors(const std::filesystem::path& path) {
  const std::vector<uint8_t> bytes = ReadBytes(path);
  uint64_t length = 0;
  if (bytes.size() < kLengthBytes) throw Broken(path, "it has " + std::to_string(bytes.size()) + " bytes");
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kLongestHeader || length > bytes.size() - kLengthBytes) throw Broken(path, "its header is cut off");
  Json header;
  try {
    header = Json::parse(bytes.begin() + kLengthBytes, bytes.begin() + static_cast<std::ptrdiff_t>(kLengthBytes + length));
  } catch (const Json::exception&) {
    throw Broken(path, "its header is not JSON");
  }
  if (!header.is_object()) throw Broken(path, "its header is no JSON object");
  const std::span<const uint8_t> data = std::span(bytes).subspan(kLengthBytes + length);
  SavedTensors result;
  std::vector<std::pair<size_t, size_t>> places;
  for (const auto& [name, entry] : header.items()) {
    if (name != "__metadata__") {
      result.tensors.push_back(TensorOf(path, name, entry, data, &places));
      continue;
    }
    for (const auto& [key, value] : entry.items())
      result.metadata[key] = value.is_string() ? value.get<std::string>() : throw Broken(path, "its metadata are no texts");
  }
  std::sort(places.begin(), places.end());
  size_t end = 0;
  for (const auto& [first, last] : places) {
    if (first != end) throw Broken(path, "its tensors overlap or leave gaps");
    end = last;
  }
  if (end != data.size())
    throw Broken(path, "it has " + std::to_string(data.size()) + " bytes of numbers; its header speaks of " + std::to_string(end));
  return result;
}

}  // namespace figment::files
