#include "physion/plan.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "base/error.h"
#include "base/log.h"
#include "base/names.h"

namespace figment::physion {
namespace {

std::vector<Config> ConfigsOf(const std::string& scenario, const GenerateConfig& settings) {
  if (settings.config == "all") return SampledConfigs(scenario);
  std::vector<Config> chosen;
  for (const Config& config : ReleasedConfigs())
    if (config.scenario == scenario && config.name == settings.config) chosen.push_back(config);
  return chosen;
}

// The config that --config names.
const Config& NamedConfig(const std::string& name) {
  if (const Config* const config = base::FindNamedOrNull(name, ReleasedConfigs())) return *config;
  std::vector<std::string> choices = base::NamesOf(ReleasedConfigs());
  choices.insert(choices.begin(), {"all", kReleased});
  throw base::UnknownName("config", name, choices, 5);
}

void Add(Plan& plan, const std::vector<Config>& configs, int trials) {
  std::vector<int> weights;
  for (const Config& config : configs) weights.push_back(std::max(1, config.released_trials));
  const std::vector<int> shares = Apportion(trials, weights);
  for (size_t c = 0; c < configs.size(); ++c) {
    for (int index = 0; index < shares[c]; ++index)
      plan.slots.push_back({static_cast<int>(plan.slots.size()), static_cast<int>(plan.configs.size()), index});
    if (shares[c] > 0) plan.configs.push_back({configs[c], shares[c]});
  }
}

// The released config of a scene, or without one its bare name.
Config ConfigOf(const TrialSpec& scene) {
  for (const Config& config : ReleasedConfigs())
    if (config.name == scene.config && config.scenario == scene.scenario) return config;
  return {.scenario = scene.scenario,
          .name = scene.config,
          .role = "imported",
          .controller = scene.controller == "Collision" ? "collide" : scene.scenario,
          .released_trials = 0,
          .arguments = {}};
}

// How many of `counts` to take for `total` in all; nullopt = everything.
std::vector<int> SharesOf(const std::string& scenario, std::optional<int> total, const std::vector<int>& counts) {
  const int there = std::accumulate(counts.begin(), counts.end(), 0);
  if (total && *total > there)
    base::LogWarning("there are " + std::to_string(there) + " scenes of " + scenario + ", not " +
                     std::to_string(*total) + ": all of them are taken");
  return total && *total < there ? Apportion(*total, counts) : counts;
}

// The scenes of one scenario, by config in order of appearance.
std::vector<std::vector<const TrialSpec*>> ByConfig(const std::string& scenario, const std::vector<TrialSpec>& scenes) {
  std::vector<std::vector<const TrialSpec*>> groups;
  for (const TrialSpec& scene : scenes) {
    if (scene.scenario != scenario) continue;
    if (groups.empty() || groups.back().front()->config != scene.config) groups.emplace_back();
    groups.back().push_back(&scene);
  }
  return groups;
}

}  // namespace

ReplayPlan MakeReplayPlan(const GenerateConfig& settings, const std::vector<TrialSpec>& scenes) {
  ReplayPlan replay;
  for (const std::string& name : ScenarioNames(settings)) {
    const auto groups = ByConfig(name, scenes);
    if (groups.empty()) continue;
    std::vector<int> counts;
    for (const auto& group : groups) counts.push_back(static_cast<int>(group.size()));
    const std::vector<int> shares = SharesOf(name, settings.trials, counts);
    for (size_t c = 0; c < groups.size(); ++c) {
      if (shares[c] == 0) continue;
      for (int i = 0; i < shares[c]; ++i) {
        const TrialSpec& scene = *groups[c][static_cast<size_t>(i)];
        replay.plan.slots.push_back({static_cast<int>(replay.plan.slots.size()),
                                     static_cast<int>(replay.plan.configs.size()), scene.index});
        replay.scenes.push_back(scene);
      }
      replay.plan.configs.push_back({ConfigOf(*groups[c].front()), shares[c]});
    }
  }
  if (replay.plan.slots.empty()) throw base::UsageError("there are no scenes of the scenarios that --scenario names");
  return replay;
}

std::vector<int> Apportion(int total, const std::vector<int>& weights) {
  CHECK(!weights.empty());
  const int64_t sum = std::accumulate(weights.begin(), weights.end(), int64_t{0});
  std::vector<int> shares;
  std::vector<int64_t> remainders;
  for (const int weight : weights) {
    const int64_t product = int64_t{total} * weight;
    shares.push_back(static_cast<int>(product / sum));
    remainders.push_back(product % sum);
  }
  std::vector<size_t> order(weights.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return remainders[a] > remainders[b]; });
  const int left = total - std::accumulate(shares.begin(), shares.end(), 0);
  for (int i = 0; i < left; ++i) ++shares[order[static_cast<size_t>(i)]];
  return shares;
}

Plan MakePlan(const GenerateConfig& settings, const std::optional<Config>& own) {
  Plan plan;
  const std::vector<std::string> names = ScenarioNames(settings);
  if (own) {
    if (settings.config != "all")
      throw base::UsageError("--config '" + settings.config + "' and --from name two configs: give one of them");
    if (names.size() != 1 || names[0] != own->scenario)
      throw base::UsageError("the config given by --from is for --scenario " + own->scenario);
    Add(plan, {*own}, settings.trials.value_or(kDefaultTrials));
    return plan;
  }
  if (settings.config != "all") {
    const Config& named = NamedConfig(settings.config);
    if (std::find(names.begin(), names.end(), named.scenario) == names.end())
      throw base::UsageError("config '" + named.name + "' belongs to scenario " + named.scenario +
                             ", which --scenario does not name");
    const bool is_all = settings.scenarios == std::vector<std::string>{"all"};
    if (names.size() > 1 && !is_all)
      throw base::UsageError("config '" + named.name + "' belongs to scenario " + named.scenario +
                             "; the other scenarios of --scenario would stay empty");
  }
  for (const std::string& name : names)
    if (const auto configs = ConfigsOf(name, settings); !configs.empty())
      Add(plan, configs, settings.trials.value_or(kDefaultTrials));
  return plan;
}

}  // namespace figment::physion
