#include "pong/evaluation_set.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/check.h"
#include "base/random.h"
#include "pong/geometry.h"

namespace figment::pong {
namespace {

constexpr int kBands = 10;
constexpr uint64_t kSeed = 200;

// `count` of the candidates, bands of y_f taking turns, random within a band.
std::vector<int> Draw(std::span<const Condition> trials, const std::vector<int>& candidates, int count, base::Rng rng) {
  std::array<std::vector<int>, kBands> bands;
  for (const int index : candidates) {
    const int band = static_cast<int>(trials[index].y_f / kFrameSize * kBands);
    bands[std::clamp(band, 0, kBands - 1)].push_back(index);
  }
  for (std::vector<int>& band : bands) rng.Shuffle(band);
  std::vector<int> drawn;
  for (size_t turn = 0; drawn.size() < static_cast<size_t>(count); ++turn) {
    CHECK_LT(turn, candidates.size());
    for (const std::vector<int>& band : bands)
      if (turn < band.size() && drawn.size() < static_cast<size_t>(count)) drawn.push_back(band[turn]);
  }
  return drawn;
}

}  // namespace

std::vector<int> EvaluationConditions(std::span<const Condition> trials, const Split& split) {
  const std::span<const int> published = PublishedConditions();
  std::vector<int> chosen(published.begin(), published.end());
  const std::set<int> taken(chosen.begin(), chosen.end());
  const base::Rng rng({kSeed, base::KeyOf("evaluation set")});
  for (const bool bounce : {true, false}) {
    const auto is_of_kind = [&](int index) { return (trials[index].n_bounce_at_t_end > 0) == bounce; };
    std::vector<int> candidates;
    for (const int index : split.valid)
      if (is_of_kind(index) && !taken.contains(index)) candidates.push_back(index);
    const int wanted = bounce ? kEvaluationBounces : kEvaluationConditions - kEvaluationBounces;
    const int there = static_cast<int>(std::count_if(published.begin(), published.end(), is_of_kind));
    const std::vector<int> drawn = Draw(trials, candidates, wanted - there, rng.Split(bounce ? 1 : 0));
    chosen.insert(chosen.end(), drawn.begin(), drawn.end());
  }
  return chosen;
}

}  // namespace figment::pong
