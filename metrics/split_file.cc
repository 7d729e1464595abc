#include "metrics/split_file.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/hash.h"
#include "files/atomic.h"

namespace figment::metrics {
namespace {

void HashIndices(const std::vector<int>& indices, base::Sha256* hash) {
  std::vector<int32_t> numbers = {static_cast<int32_t>(indices.size())};
  numbers.insert(numbers.end(), indices.begin(), indices.end());
  hash->UpdateArray(std::span<const int32_t>(numbers));
}

nlohmann::json ParseFile(const std::filesystem::path& path) {
  try {
    return nlohmann::json::parse(files::ReadFile(path));
  } catch (const nlohmann::json::exception& error) {
    throw base::Error(path.string() + " is not a file of splits: " + error.what());
  }
}

// Marks the samples of one side; throws on any that is out of range or taken.
void Take(const std::vector<int>& indices, const std::string& where, std::vector<char>* taken) {
  if (indices.empty()) throw base::Error(where + " is empty");
  for (const int index : indices) {
    if (index < 0 || index >= static_cast<int>(taken->size()))
      throw base::Error(where + " has sample " + std::to_string(index) + ", expected 0 to " +
                        std::to_string(taken->size() - 1));
    if ((*taken)[static_cast<size_t>(index)]++)
      throw base::Error(where + " has sample " + std::to_string(index) + " for the second time in this split");
  }
}

// Whole numbers only: the library would cut others off.
std::vector<int> Indices(const nlohmann::json& list, const std::string& where) {
  std::vector<int> indices;
  for (const nlohmann::json& entry : list) {
    const bool fits = entry.is_number_integer() && entry.get<int64_t>() == static_cast<int>(entry.get<int64_t>());
    if (!fits) throw base::Error(where + " has '" + entry.dump() + "', expected the index of a sample");
    indices.push_back(entry.get<int>());
  }
  return indices;
}

Split ReadSplit(const nlohmann::json& entry, const std::string& where, int samples) {
  Split split{Indices(entry.at("train"), where + ", train"), Indices(entry.at("test"), where + ", test")};
  std::vector<char> taken(static_cast<size_t>(samples));
  Take(split.train, where + ", train", &taken);
  Take(split.test, where + ", test", &taken);
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.test.begin(), split.test.end());
  return split;
}

}  // namespace

std::string SplitsId(std::span<const Split> splits) {
  base::Sha256 hash;
  for (const Split& split : splits) {
    HashIndices(split.train, &hash);
    HashIndices(split.test, &hash);
  }
  return hash.Hex();
}

std::vector<Split> ReadSplits(const std::filesystem::path& path, int samples) {
  const nlohmann::json content = ParseFile(path);
  std::vector<Split> splits;
  try {
    const int made_for = content.at("samples").get<int>();
    if (made_for != samples)
      throw base::Error(path.string() + " splits " + std::to_string(made_for) + " samples, here are " +
                        std::to_string(samples));
    for (const nlohmann::json& entry : content.at("splits"))
      splits.push_back(ReadSplit(entry, path.string() + ", split " + std::to_string(splits.size()), samples));
  } catch (const nlohmann::json::exception& error) {
    throw base::Error(path.string() + " is not a file of splits: " + error.what());
  }
  if (splits.empty()) throw base::Error(path.string() + " has no splits");
  return splits;
}

void WriteSplits(const std::filesystem::path& path, std::span<const Split> splits, int samples) {
  nlohmann::json content = {{"samples", samples}, {"splits", nlohmann::json::array()}};
  for (const Split& split : splits) content["splits"].push_back({{"train", split.train}, {"test", split.test}});
  files::WriteFileAtomically(path, content.dump() + "\n");
}

}  // namespace figment::metrics
