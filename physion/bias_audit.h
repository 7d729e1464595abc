// Bias audit: how well can a trial's label be told without watching it and without simulating it?
//
// From the first frame's metadata - where things are, how large and heavy they are, the push, the camera - by a linear
// classifier, and from the name of the configuration alone. Both are scored on held-out trials. A label that such rules
// tell well is one that a model can get right without predicting any motion.
//
// Classifier: standardised features, L2 logistic regression (metrics/logistic.h), 5 folds stratified by label; C is
// chosen from .001, .01, .1, 1 by the log loss of 3 inner folds. Intervals: 95 % percentile bootstrap over trials, the
// fits held fixed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "metrics/bootstrap.h"
#include "physion/trial_spec.h"

namespace figment::physion {

// Numbers that say how a trial starts, by name: "target.position.x", "push.impulse.x", "target to zone.distance",
// "target.model=sphere". Units as in TrialSpec; masses as log10 of kg, angles as sine and cosine. Roles that several
// objects have (middle, distractor, occluder) are counted and summarised.
using Features = std::map<std::string, double>;
Features FirstFrameFeatures(const TrialSpec& spec);

struct AuditTrial {
  Features features;
  std::string config;
  bool label = false;
};

struct AuditScore {
  double accuracy = 0, auc = 0, kappa = 0;
  metrics::Interval accuracy_interval, auc_interval;
};

struct BiasAudit {
  int trials = 0;
  std::string impossible;                // why there is no audit; empty = there is one
  int features = 0;                      // that vary
  double majority = 0;                   // accuracy of one constant answer
  AuditScore first_frame;
  std::optional<AuditScore> new_configs; // the same, tested on configurations that were not fitted; needs 5 of them
  AuditScore config_name;                // the rate of positives among the other trials of its configuration
  struct Weight {
    std::string feature;
    double log_odds = 0;                 // a standard deviation; fitted to all trials
  };
  std::vector<Weight> top;               // the largest
};

inline constexpr int kAuditFolds = 5;

// Same trials and Rng, same result. Needs at least kAuditFolds trials of each label.
BiasAudit AuditBias(const std::vector<AuditTrial>& trials, const base::Rng& rng);

}  // namespace figment::physion
