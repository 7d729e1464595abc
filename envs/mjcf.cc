#include "envs/mjcf.h"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"

namespace figment::envs {
namespace {

namespace fs = std::filesystem;

constexpr size_t kXmlFiles = 1000;  // of one model

std::string ReadText(const fs::path& path, uint64_t limit) {
  std::error_code problem;
  const uint64_t bytes = fs::file_size(path, problem);
  if (problem) throw base::Error(path.string() + ": " + problem.message());
  if (bytes > limit)
    throw base::Error(path.string() + ": " + std::to_string(bytes) + " bytes, expected at most " + std::to_string(limit));
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<size_t>(bytes), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(bytes))) throw base::Error(path.string() + ": cannot be read");
  return text;
}

// Calls visit(name, value) for every attribute. No parser: it reads what looks like name="value", wherever that stands,
// which can only find more than a parser would.
template <class Visit>
void ForEachAttribute(const std::string& text, const Visit& visit) {
  const auto is_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == ':'; };
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)); };
  for (size_t equals = text.find('='); equals != std::string::npos; equals = text.find('=', equals + 1)) {
    size_t end = equals, open = equals + 1;
    while (end > 0 && is_space(text[end - 1])) --end;
    size_t begin = end;
    while (begin > 0 && is_name(text[begin - 1])) --begin;
    while (open < text.size() && is_space(text[open])) ++open;
    if (begin == end || open >= text.size() || (text[open] != '"' && text[open] != '\'')) continue;
    const size_t close = text.find(text[open], open + 1);
    if (close == std::string::npos) return;
    visit(text.substr(begin, end - begin), text.substr(open + 1, close - open - 1));
  }
}

std::vector<double> Numbers(const std::string& value) {
  std::vector<double> numbers;
  const char* at = value.data();
  const char* const end = at + value.size();
  while (at < end) {
    double number = 0;
    const auto [stop, problem] = std::from_chars(at, end, number);
    if (problem == std::errc::result_out_of_range) numbers.push_back(HUGE_VAL);
    if (problem == std::errc()) numbers.push_back(number);
    at = stop > at ? stop : at + 1;
  }
  return numbers;
}

// What makes MuJoCo allocate by the number in the file.
struct CountedAttribute {
  const char* name;
  int64_t MjcfLimits::*limit;
};
constexpr std::array<CountedAttribute, 14> kCounted = {{
    {"count", &MjcfLimits::copies}, {"nrow", &MjcfLimits::side}, {"ncol", &MjcfLimits::side},
    {"width", &MjcfLimits::side}, {"height", &MjcfLimits::side},
    {"njmax", &MjcfLimits::copies}, {"nconmax", &MjcfLimits::copies}, {"nkey", &MjcfLimits::copies},
    {"nuserdata", &MjcfLimits::copies}, {"nuser_body", &MjcfLimits::copies}, {"nuser_jnt", &MjcfLimits::copies},
    {"nuser_geom", &MjcfLimits::copies}, {"nuser_site", &MjcfLimits::copies}, {"nuser_actuator", &MjcfLimits::copies},
}};

void CheckCounts(const fs::path& path, const std::string& name, const std::string& value, const MjcfLimits& limits) {
  for (const CountedAttribute& counted : kCounted) {
    if (name != counted.name) continue;
    double product = 1;
    for (const double number : Numbers(value)) product *= std::max(number, 1.0);
    const auto limit = static_cast<double>(limits.*counted.limit);
    if (!(product <= limit))
      throw base::Error(path.string() + ": " + name + "=\"" + value + "\", expected at most " +
                        std::to_string(limits.*counted.limit));
  }
}

// Where the tag or comment ends that begins at `at`.
size_t EndOfTag(const std::string& text, size_t at) {
  if (text.compare(at, 4, "<!--") == 0) return text.find("-->", at);
  char quote = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quote == 0 && c == '>') return at;
    if (quote == 0 && (c == '"' || c == '\'')) quote = c;
    else if (c == quote) quote = 0;
  }
  return std::string::npos;
}

// Copies of copies: what lies in a <replicate> is there so many times.
void CheckNestedCounts(const fs::path& path, const std::string& text, const MjcfLimits& limits) {
  std::vector<double> copies = {1};
  size_t end = 0;
  for (size_t at = text.find('<'); at != std::string::npos; at = text.find('<', end)) {
    end = EndOfTag(text, at);
    if (end == std::string::npos) return;
    if (text.compare(at, 11, "</replicate") == 0 && copies.size() > 1) copies.pop_back();
    const bool replicates = text.compare(at, 10, "<replicate") == 0;
    if (!replicates && copies.size() == 1) continue;
    double count = copies.back();
    ForEachAttribute(text.substr(at, end - at), [&](const std::string& name, const std::string& value) {
      if (name != "count") return;
      for (const double number : Numbers(value)) count *= std::max(number, 1.0);
    });
    if (!(count <= static_cast<double>(limits.copies)))
      throw base::Error(path.string() + ": " + std::to_string(static_cast<int64_t>(std::min(count, 1e18))) +
                        " copies by the counts that lie within each other, expected at most " + std::to_string(limits.copies));
    if (replicates && text[end - 1] != '/') copies.push_back(count);
  }
}

// Bytes of memory="100M" and the like; MuJoCo's own words follow for what is not a number.
double Memory(const std::string& value) {
  const std::vector<double> numbers = Numbers(value);
  if (numbers.empty() || value.empty()) return 0;
  const std::string units = "KMGTPE";
  const size_t unit = units.find(static_cast<char>(std::toupper(static_cast<unsigned char>(value.back()))));
  return numbers.front() * (unit == std::string::npos ? 1 : std::exp2(10.0 * static_cast<double>(unit + 1)));
}

// Looks through a model's XML files before MuJoCo does.
class Inspector {
 public:
  explicit Inspector(const MjcfLimits& limits) : limits_(limits) {}

  // `open` holds the files that led here.
  void Look(const fs::path& path, std::vector<fs::path>& open) {
    const fs::path normal = fs::weakly_canonical(path);
    if (std::find(open.begin(), open.end(), normal) != open.end())
      throw base::Error(open.back().string() + ": includes " + path.string() + ", which leads back to itself");
    if (++files_ > kXmlFiles) throw base::Error(path.string() + ": more than " + std::to_string(kXmlFiles) + " files in one model");
    const std::string text = ReadText(path, limits_.file_bytes);
    open.push_back(normal);
    ForEachAttribute(text, [&](const std::string& name, const std::string& value) {
      CheckCounts(path, name, value, limits_);
      if (name == "memory" && Memory(value) > static_cast<double>(limits_.model_bytes))
        throw base::Error(path.string() + ": memory=\"" + value + "\", expected at most " +
                          std::to_string(limits_.model_bytes) + " bytes");
      if (name != "file" || fs::path(value).extension() != ".xml") return;
      // Relative to the including file or to the model; what is not found is MuJoCo's to say.
      for (const fs::path& folder : {path.parent_path(), open.front().parent_path()})
        if (std::error_code none; fs::is_regular_file(folder / value, none)) {
          Look(folder / value, open);
          break;
        }
    });
    CheckNestedCounts(path, text, limits_);
    open.pop_back();
  }

 private:
  const MjcfLimits& limits_;
  size_t files_ = 0;
};

MujocoModel Parse(const fs::path& path) {
  std::array<char, 2000> words = {};
  const MujocoSpec spec(mj_parseXML(path.c_str(), nullptr, words.data(), static_cast<int>(words.size())));
  if (!spec) throw base::Error(path.string() + ": " + words.data());
  MujocoModel model(mj_compile(spec.get(), nullptr));
  if (!model) throw base::Error(path.string() + ": " + mjs_getError(spec.get()));
  return model;
}

MujocoModel LoadBinary(const fs::path& path, const MjcfLimits& limits) {
  const std::string bytes = ReadText(path, static_cast<uint64_t>(limits.model_bytes));
  MujocoModel model(mj_loadModelBuffer(bytes.data(), static_cast<mjtSize>(bytes.size())));
  if (!model)
    throw base::Error(path.string() + ": not a model that MuJoCo " + mj_versionString() + " wrote, or cut short or damaged");
  return model;
}

}  // namespace

MujocoModel LoadMjcf(const fs::path& path, const MjcfLimits& limits) {
  MakeMujocoSpec();  // checks the library
  if (!fs::is_regular_file(path)) throw base::Error(path.string() + ": no such file");
  MujocoModel model;
  if (path.extension() == ".mjb") {
    model = LoadBinary(path, limits);
  } else {
    std::vector<fs::path> open;
    Inspector(limits).Look(path, open);
    model = Parse(path);
  }
  const auto bytes = static_cast<int64_t>(mj_sizeModel(model.get()) + model->narena);
  if (bytes > limits.model_bytes)
    throw base::Error(path.string() + ": the model takes " + std::to_string(bytes) + " bytes, expected at most " +
                      std::to_string(limits.model_bytes));
  return model;
}

}  // namespace figment::envs
