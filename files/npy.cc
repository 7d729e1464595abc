#include "files/npy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <numeric>
#include <optional>
#include <type_traits>

#include "base/check.h"
#include "files/atomic.h"

namespace figment::files {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

struct Header {
  std::string descr;
  bool fortran_order = false;
  std::vector<int64_t> shape;
  size_t size = 0;  // of everything before the values
};

base::Error Broken(const std::string& source, const std::string& what) {
  return base::Error(source + " is no whole .npy array: " + what);
}

// What stands after "'key':" in the header's Python dictionary.
std::string_view ValueOf(std::string_view dictionary, const std::string& key, const std::string& source) {
  const size_t place = dictionary.find("'" + key + "'");
  if (place == std::string_view::npos) throw Broken(source, "its header lacks '" + key + "'");
  std::string_view rest = dictionary.substr(place + key.size() + 2);
  rest.remove_prefix(std::min(rest.find_first_not_of(" :"), rest.size()));
  return rest;
}

std::string QuotedText(std::string_view text, const std::string& source) {
  // A structured type is a list of fields.
  if (text.empty() || text[0] != '\'') throw base::Error(source + " is an array of records; plain arrays are read");
  const size_t end = text.find('\'', 1);
  if (end == std::string_view::npos) throw Broken(source, "its header is damaged");
  return std::string(text.substr(1, end - 1));
}

std::vector<int64_t> ShapeOf(std::string_view text, const std::string& source) {
  const size_t end = text.find(')');
  if (text.empty() || text[0] != '(' || end == std::string_view::npos) throw Broken(source, "its header is damaged");
  std::vector<int64_t> shape;
  const char* place = text.data() + 1;
  const char* const last = text.data() + end;
  while (place < last) {
    if (*place == ' ' || *place == ',' || *place == 'L') {
      ++place;
      continue;
    }
    int64_t size = 0;
    const auto [next, error] = std::from_chars(place, last, size);
    if (error != std::errc() || size < 0) throw Broken(source, "its shape is damaged");
    shape.push_back(size);
    place = next;
  }
  return shape;
}

Header ReadHeader(std::string_view bytes, const std::string& source) {
  if (bytes.size() < 10 || bytes.substr(0, kMagic.size()) != kMagic)
    throw Broken(source, "it does not start like one");
  const int version = static_cast<uint8_t>(bytes[6]);
  if (version < 1 || version > 3) throw Broken(source, "format version " + std::to_string(version) + " is unknown");
  const size_t width = version == 1 ? 2 : 4;
  if (bytes.size() < 8 + width) throw Broken(source, "it is cut off in its header");
  size_t length = 0;
  for (size_t i = 0; i < width; ++i) length |= size_t{static_cast<uint8_t>(bytes[8 + i])} << (8 * i);
  Header header{.size = 8 + width + length};
  if (bytes.size() < header.size) throw Broken(source, "it is cut off in its header");
  const std::string_view dictionary = bytes.substr(8 + width, length);
  header.descr = QuotedText(ValueOf(dictionary, "descr", source), source);
  header.fortran_order = ValueOf(dictionary, "fortran_order", source).starts_with("True");
  header.shape = ShapeOf(ValueOf(dictionary, "shape", source), source);
  return header;
}

size_t WidthOf(NpyType type) {
  switch (type) {
    case NpyType::kFloat64:
    case NpyType::kInt64: return 8;
    case NpyType::kFloat32:
    case NpyType::kInt32: return 4;
    default: return 1;
  }
}

std::optional<NpyType> PlainType(const std::string& descr) {
  static constexpr std::array<std::pair<std::string_view, NpyType>, 7> kTypes = {
      {{"<f4", NpyType::kFloat32}, {"<f8", NpyType::kFloat64}, {"<i4", NpyType::kInt32}, {"<i8", NpyType::kInt64},
       {"|u1", NpyType::kUint8}, {"|b1", NpyType::kBool}, {"<u1", NpyType::kUint8}}};
  for (const auto& [name, type] : kTypes)
    if (descr == name) return type;
  return std::nullopt;
}

void AppendUtf8(uint32_t code, std::string* text) {
  if (code < 0x80) {
    *text += static_cast<char>(code);
  } else if (code < 0x800) {
    *text += static_cast<char>(0xC0 | (code >> 6));
    *text += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    *text += static_cast<char>(0xE0 | (code >> 12));
    *text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    *text += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    *text += static_cast<char>(0xF0 | (code >> 18));
    *text += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    *text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    *text += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// One string of an array: padded with zeros, four bytes a character in U arrays.
std::string TextOf(std::string_view bytes, bool wide) {
  if (!wide) return std::string(bytes.substr(0, bytes.find_last_not_of('\0') + 1));
  std::string text;
  for (size_t i = 0; i + 4 <= bytes.size(); i += 4) {
    uint32_t code = 0;
    std::memcpy(&code, bytes.data() + i, 4);
    if (code == 0) break;
    AppendUtf8(code, &text);
  }
  return text;
}

// The number of values, refused where the bytes at hand cannot hold them.
size_t CountOf(const Header& header, size_t width, size_t available, const std::string& source) {
  size_t count = 1;
  for (const int64_t size : header.shape) {
    if (size != 0 && count > available / static_cast<size_t>(size)) count = available + 1;
    else count *= static_cast<size_t>(size);
  }
  if (width > 0 && count > available / width)
    throw Broken(source, "it is cut off: " + std::to_string(available) + " bytes of values are too few for its shape");
  return count;
}

// Values from column-major to row-major order.
std::vector<uint8_t> Reordered(const uint8_t* values, const std::vector<int64_t>& shape, size_t width, size_t count) {
  std::vector<uint8_t> out(count * width);
  const size_t dimensions = shape.size();
  std::vector<size_t> stride(dimensions), index(dimensions, 0);
  size_t step = 1;
  for (size_t d = 0; d < dimensions; ++d) stride[d] = step, step *= static_cast<size_t>(shape[d]);
  size_t from = 0;
  for (size_t to = 0; to < count; ++to) {
    std::memcpy(&out[to * width], values + from * width, width);
    for (size_t d = dimensions; d-- > 0;) {
      from += stride[d];
      if (++index[d] < static_cast<size_t>(shape[d])) break;
      from -= stride[d] * static_cast<size_t>(shape[d]);
      index[d] = 0;
    }
  }
  return out;
}

NpyArray DecodeTexts(const Header& header, std::string_view values, const std::string& source) {
  const bool wide = header.descr[1] == 'U';
  uint32_t characters = 0;
  const char* const end = header.descr.data() + header.descr.size();
  const auto [next, error] = std::from_chars(header.descr.data() + 2, end, characters);
  if (error != std::errc() || next != end || characters == 0)
    throw Broken(source, "texts of type '" + header.descr + "'");
  const size_t width = size_t{characters} * (wide ? 4 : 1);
  const size_t count = CountOf(header, width, values.size(), source);
  NpyArray array{.type = NpyType::kText, .shape = header.shape};
  for (size_t i = 0; i < count; ++i) array.texts.push_back(TextOf(values.substr(i * width, width), wide));
  return array;
}

bool IsText(const std::string& descr) {
  return descr.size() > 2 && (descr[1] == 'U' || descr[1] == 'S') && descr[0] != '>';
}

template <class From, class T>
void Convert(const std::vector<uint8_t>& bytes, std::vector<T>* out) {
  const size_t count = bytes.size() / sizeof(From);
  out->resize(count);
  for (size_t i = 0; i < count; ++i) {
    From value;
    std::memcpy(&value, &bytes[i * sizeof(From)], sizeof(From));
    (*out)[i] = static_cast<T>(value);
  }
}

template <class T>
constexpr const char* DescrOf() {
  if constexpr (std::is_same_v<T, float>) return "<f4";
  else if constexpr (std::is_same_v<T, double>) return "<f8";
  else if constexpr (std::is_same_v<T, int32_t>) return "<i4";
  else if constexpr (std::is_same_v<T, int64_t>) return "<i8";
  else return "|u1";
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  std::string text = "(";
  for (const int64_t size : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + (shape.size() == 1 ? ",)" : ")");
}

}  // namespace

NpyArray DecodeNpy(std::string_view bytes, const std::string& source) {
  const Header header = ReadHeader(bytes, source);
  const std::string_view values = bytes.substr(header.size);
  if (header.descr.find('O') != std::string::npos) throw PickleRefused(source);
  if (IsText(header.descr)) return DecodeTexts(header, values, source);
  const std::optional<NpyType> type = PlainType(header.descr);
  if (!type)
    throw base::Error(source + " holds values of type '" + header.descr +
                      "'; read are <f4, <f8, <i4, <i8, |u1, |b1 and texts");
  const size_t width = WidthOf(*type), count = CountOf(header, width, values.size(), source);
  NpyArray array{.type = *type, .shape = header.shape};
  const auto* first = reinterpret_cast<const uint8_t*>(values.data());
  if (header.fortran_order && header.shape.size() > 1) array.bytes = Reordered(first, header.shape, width, count);
  else array.bytes.assign(first, first + count * width);
  return array;
}

NpyArray ReadNpy(const std::filesystem::path& path) {
  if (LooksLikePickle(path)) throw PickleRefused(path.string());
  return DecodeNpy(ReadFile(path), path.string());
}

template <class T>
std::vector<T> NpyArray::Values(const std::string& source) const {
  const bool is_float = type == NpyType::kFloat32 || type == NpyType::kFloat64;
  if (type == NpyType::kText) throw base::Error(source + " holds texts where numbers are expected");
  if (is_float && !std::is_floating_point_v<T>)
    throw base::Error(source + " holds floating-point numbers where integers are expected");
  std::vector<T> out;
  switch (type) {
    case NpyType::kFloat32: Convert<float>(bytes, &out); break;
    case NpyType::kFloat64: Convert<double>(bytes, &out); break;
    case NpyType::kInt32: Convert<int32_t>(bytes, &out); break;
    case NpyType::kInt64: Convert<int64_t>(bytes, &out); break;
    default: Convert<uint8_t>(bytes, &out); break;
  }
  return out;
}

template <class T>
std::vector<uint8_t> NpyHeader(const std::vector<int64_t>& shape) {
  std::string header = std::string("{'descr': '") + DescrOf<T>() +
                       "', 'fortran_order': False, 'shape': " + ShapeText(shape) + ", }";
  // Values start at a multiple of 64 bytes, after a newline.
  header.append(64 - (10 + header.size() + 1) % 64, ' ');
  header += '\n';
  std::vector<uint8_t> out(10 + header.size());
  std::memcpy(out.data(), kMagic.data(), kMagic.size());
  out[6] = 1, out[7] = 0;
  out[8] = static_cast<uint8_t>(header.size() & 0xFF), out[9] = static_cast<uint8_t>(header.size() >> 8);
  std::memcpy(out.data() + 10, header.data(), header.size());
  return out;
}

template <class T>
std::vector<uint8_t> EncodeNpy(std::span<const T> values, const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  CHECK_EQ(count, static_cast<int64_t>(values.size()));
  std::vector<uint8_t> out = NpyHeader<T>(shape);
  const size_t start = out.size();
  out.resize(start + values.size_bytes());
  if (!values.empty()) std::memcpy(out.data() + start, values.data(), values.size_bytes());
  return out;
}

bool LooksLikePickle(const std::filesystem::path& path) {
  if (const auto extension = path.extension(); extension == ".pkl" || extension == ".pickle") return true;
  std::ifstream in(path, std::ios::binary);
  std::array<char, 2> start = {};
  in.read(start.data(), 2);
  // Protocols 2 to 5 open with the byte 0x80 and their number.
  return in.gcount() == 2 && static_cast<uint8_t>(start[0]) == 0x80 && start[1] >= 2 && start[1] <= 5;
}

base::Error PickleRefused(const std::string& source) {
  return base::Error(source +
                     " holds a Python pickle, which can run any program when it is read, so it is never opened here. "
                     "Convert it to plain arrays first: scripts/convert_dmfc.py (docs/neural.md says how)");
}

template std::vector<float> NpyArray::Values<float>(const std::string&) const;
template std::vector<double> NpyArray::Values<double>(const std::string&) const;
template std::vector<int32_t> NpyArray::Values<int32_t>(const std::string&) const;
template std::vector<int64_t> NpyArray::Values<int64_t>(const std::string&) const;
template std::vector<uint8_t> NpyArray::Values<uint8_t>(const std::string&) const;
template std::vector<uint8_t> NpyHeader<float>(const std::vector<int64_t>&);
template std::vector<uint8_t> NpyHeader<double>(const std::vector<int64_t>&);
template std::vector<uint8_t> NpyHeader<int32_t>(const std::vector<int64_t>&);
template std::vector<uint8_t> NpyHeader<int64_t>(const std::vector<int64_t>&);
template std::vector<uint8_t> NpyHeader<uint8_t>(const std::vector<int64_t>&);
template std::vector<uint8_t> EncodeNpy<float>(std::span<const float>, const std::vector<int64_t>&);
template std::vector<uint8_t> EncodeNpy<double>(std::span<const double>, const std::vector<int64_t>&);
template std::vector<uint8_t> EncodeNpy<int32_t>(std::span<const int32_t>, const std::vector<int64_t>&);
template std::vector<uint8_t> EncodeNpy<int64_t>(std::span<const int64_t>, const std::vector<int64_t>&);
template std::vector<uint8_t> EncodeNpy<uint8_t>(std::span<const uint8_t>, const std::vector<int64_t>&);

}  // namespace figment::files
