#include "pong/recorded_answers.h"

#include <cmath>
#include <filesystem>
#include <set>

#include "base/check.h"
#include "base/error.h"
#include "pong/geometry.h"

namespace figment::pong {

namespace {

// The animal whose units these are, if it is one and known.
std::string NameOf(const Responses& responses) {
  std::set<int> animals(responses.animal.begin(), responses.animal.end());
  const std::string name = animals.size() == 1 ? responses.animals[static_cast<size_t>(*animals.begin())] : "";
  if (!name.empty() && name != kUnknownAnimal) return name;
  const std::string file = responses.files.empty() ? "" : std::filesystem::path(responses.files[0]).filename().string();
  return "animals of " + (file.empty() ? "the recordings" : file);
}

}  // namespace

Subject RecordedAnswers(const Responses& responses) {
  CHECK(responses.files.size() <= 1);
  const std::string file = responses.files.empty() ? "the recordings" : responses.files.front();
  const auto found = responses.behavior.find("paddle_pos_y");
  if (found == responses.behavior.end())
    throw base::Error(file + " has no 'behavioral_responses/occ/paddle_pos_y', which says where the animals' paddle was");
  Subject subject{.name = NameOf(responses)};
  for (const std::string& hash : responses.sha256) subject.file_sha256 += (subject.file_sha256.empty() ? "" : ",") + hash;
  const std::vector<Condition>& conditions = PublishedTrials();
  for (int row = 0; row < kDmfcConditions; ++row) {
    int last = -1;
    for (int bin = 0; bin < kDmfcBins; ++bin)
      if (responses.masks.whole[static_cast<size_t>(row * kDmfcBins + bin)]) last = bin;
    const double paddle_deg = last < 0 ? std::nan("") : found->second[static_cast<size_t>(row * kDmfcBins + last)];
    const Condition& condition = conditions[static_cast<size_t>(row)];
    if (!std::isfinite(paddle_deg))
      throw base::Error(file + ": paddle_pos_y of condition " + std::to_string(condition.index) + " (row " +
                        std::to_string(row) + ") is not finite at the end of the trial");
    subject.answers.push_back({condition.index, PositionOf(paddle_deg), condition.y_f});
  }
  return subject;
}

}  // namespace figment::pong
