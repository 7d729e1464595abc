// How a replay of the released scenes comes out beside what was released of their outcomes, per scenario.
//
// A comparison needs a data set made with --config released, or one that `figment physion import` made, and a table of
// outcomes; both are matched by stimulus name. Half of the released outcomes are compiled in. Stimuli with a ledge are
// left out: they did not reproduce in the reference either.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/pose.h"
#include "base/table.h"

namespace figment::physion {

struct TrialOutcome {
  bool label = false;
  std::optional<int> first_contact_frame;
  int num_frames = 0;
  bool ended_by_cap = false;
  std::optional<base::Vec3> final_position;  // origin of the target in the last frame, metres, y up; not of cloth
};

struct TrialComparison {
  std::string stimulus_name, scenario, config;
  int slot = 0;
  TrialOutcome ours, released;
  std::optional<bool> other_label;           // of the second data set
};

// Share p = successes / n with its 95 % score interval (Wilson 1927): where p may lie given the n trials.
struct Interval {
  double low = 0, high = 0;
};
Interval WilsonInterval(int successes, int n);

// One row a scenario, in order of appearance, and one of all together:
//   n, agreement, its interval             trials; share of equal labels
//   majority, by config                    what always guessing the more frequent released label would reach, over the
//                                          scenario and within each config
//   contact diff, |diff|, 90 %             frames, ours minus released, where both touch: median, median and 90 % quantile
//                                          of the absolute value
//   final error, 90 %                      distance of the target's final positions, metres: median and 90 % quantile
//   frames, capped, hits                   median length, share ended by the frame cap, share of positive labels: of
//                                          both, ours first
// With other labels also the agreement of the second data set, over the trials it has.
base::Table ComparisonTable(std::span<const TrialComparison> trials);

struct AgreementRequest {
  std::filesystem::path folder;
  std::filesystem::path outcomes;            // a CSV; empty = the released outcomes that are compiled in
  std::filesystem::path against;             // a second data set of the same scenes; empty = none
  int marginal = 0;                          // reruns of each trial that disagrees
  int threads = 2;
};

struct AgreementReport {
  base::Table scenarios;
  // With reruns. A rerun moves every object that is free to move by up to 1 mm along the floor, and changes its
  // push by up to 1 % and every friction by up to 2 %. A disagreement is marginal if some rerun has the released label.
  std::optional<base::Table> disagreements;  // one row a trial, those that flip most often first
  std::optional<base::Table> marginal;       // per scenario: how many are marginal, agreement not counting them
};

// Throws base::Error if the folder holds no replay, a column is missing, or no stimulus name matches.
AgreementReport CompareWithReleased(const AgreementRequest& request);

}  // namespace figment::physion
