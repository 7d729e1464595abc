#include "physion/bias_audit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <set>

#include <Eigen/Core>

#include "metrics/classification.h"
#include "metrics/folds.h"
#include "metrics/logistic.h"

namespace figment::physion {
namespace {

constexpr int kInnerFolds = 3;
constexpr std::array<double, 4> kPenalties = {1e-3, 1e-2, 1e-1, 1};  // C; at 1 some 100 features overfit 1000 trials
constexpr size_t kTopWeights = 6;
// A configuration's rate is drawn towards that of all trials as if by this many trials, so that one trial says little.
constexpr double kPriorTrials = 2;

// --- Features

void AddVector(Features& features, const std::string& name, const base::Vec3& v) {
  features[name + ".x"] = v.x(), features[name + ".y"] = v.y(), features[name + ".z"] = v.z();
}

// A heading in the floor plane by sine and cosine, and how far the object is tipped.
void AddRotation(Features& features, const std::string& name, const base::Vec3& degrees) {
  const base::Vec3 angle = degrees * std::numbers::pi / 180;
  features[name + ".yaw.sin"] = std::sin(angle.y()), features[name + ".yaw.cos"] = std::cos(angle.y());
  features[name + ".tip.x"] = std::sin(angle.x()), features[name + ".tip.z"] = std::sin(angle.z());
}

void AddObject(Features& features, const ObjectSpec& object) {
  const std::string& role = object.role;
  features[role + ".present"] = 1;
  features[role + ".model=" + object.model] = 1;
  AddVector(features, role + ".position", object.position);
  AddRotation(features, role, object.rotation_deg);
  AddVector(features, role + ".scale", object.scale);
  features[role + ".mass"] = std::log10(std::max(1e-6, object.mass_kg));
  features[role + ".friction"] = object.dynamic_friction;
  features[role + ".bounciness"] = object.bounciness;
}

// Several objects of a role: how many, where they are on the whole, how large and heavy.
void AddGroup(Features& features, const std::string& role, const std::vector<const ObjectSpec*>& objects) {
  const auto n = static_cast<double>(objects.size());
  base::Vec3 position = base::Vec3::Zero(), scale = base::Vec3::Zero(), low = objects[0]->position, high = low;
  double mass = 0, friction = 0, bounciness = 0;
  for (const ObjectSpec* object : objects) {
    position += object->position / n, scale += object->scale / n;
    low = low.cwiseMin(object->position), high = high.cwiseMax(object->position);
    mass += object->mass_kg, friction += object->dynamic_friction / n, bounciness += object->bounciness / n;
    features[role + ".model=" + object->model] += 1 / n;
  }
  features[role + ".count"] = n;
  AddVector(features, role + ".mean position", position);
  AddVector(features, role + ".extent", high - low);
  AddVector(features, role + ".mean scale", scale);
  features[role + ".total mass"] = std::log10(std::max(1e-6, mass));
  features[role + ".mean friction"] = friction;
  features[role + ".mean bounciness"] = bounciness;
}

void AddOffset(Features& features, const ObjectSpec* from, const ObjectSpec* to) {
  if (!from || !to) return;
  const base::Vec3 offset = to->position - from->position;
  const std::string name = from->role + " to " + to->role;
  AddVector(features, name, offset);
  features[name + ".distance"] = std::hypot(offset.x(), offset.z());
}

void AddPush(Features& features, const PushSpec& push, const std::vector<ObjectSpec>& objects) {
  const auto pushed = std::find_if(objects.begin(), objects.end(), [&](const auto& o) { return o.id == push.id; });
  features["push.present"] = 1;
  features["push.frame"] = push.frame;
  AddVector(features, "push.impulse", push.impulse_Ns);
  features["push.size"] = push.impulse_Ns.norm();
  if (pushed == objects.end()) return;
  features["push.speed"] = push.impulse_Ns.norm() / std::max(1e-6, pushed->mass_kg);
  if (push.point) AddVector(features, "push.point", *push.point - pushed->position);
}

bool IsSummarised(const std::string& role) {
  return role == "middle" || role == "distractor" || role == "occluder" || role == "prop" || role == "cap";
}

// --- Classification

// [trials, features]; a trial without a feature (no probe, another model) has 0 there where it counts or flags
// something, else the mean of the trials that have it.
struct Matrix {
  std::vector<std::string> names;
  Eigen::MatrixXd values;
  std::vector<int> labels, configs;
};

bool IsFlag(const std::string& name) {
  return name.find('=') != std::string::npos || name.ends_with(".present") || name.ends_with(".count");
}

Matrix MatrixOf(const std::vector<AuditTrial>& trials) {
  Matrix matrix;
  std::map<std::string, std::pair<double, int>> sums;  // of a feature, and in how many trials it is
  std::map<std::string, int> config_numbers;
  for (const AuditTrial& trial : trials) {
    matrix.labels.push_back(trial.label);
    const int next_number = static_cast<int>(config_numbers.size());
    matrix.configs.push_back(config_numbers.try_emplace(trial.config, next_number).first->second);
    for (const auto& [name, value] : trial.features) sums[name].first += value, ++sums[name].second;
  }
  std::vector<Eigen::VectorXd> columns;
  for (const auto& [name, sum] : sums) {
    const double missing = IsFlag(name) ? 0 : sum.first / sum.second;
    Eigen::VectorXd column(static_cast<Eigen::Index>(trials.size()));
    for (size_t i = 0; i < trials.size(); ++i) {
      const auto found = trials[i].features.find(name);
      column[static_cast<Eigen::Index>(i)] = found == trials[i].features.end() ? missing : found->second;
    }
    if (metrics::FitStandardizer(column).scale[0] == 0) continue;
    matrix.names.push_back(name);
    columns.push_back(std::move(column));
  }
  matrix.values.resize(static_cast<Eigen::Index>(trials.size()), static_cast<Eigen::Index>(columns.size()));
  for (size_t c = 0; c < columns.size(); ++c) matrix.values.col(static_cast<Eigen::Index>(c)) = columns[c];
  return matrix;
}

std::vector<int> LabelsAt(const std::vector<int>& labels, const std::vector<int>& rows) {
  std::vector<int> chosen;
  for (const int row : rows) chosen.push_back(labels[static_cast<size_t>(row)]);
  return chosen;
}

// Fits standardiser and classifier to `train` rows; logits of the `test` rows.
Eigen::VectorXd FitAndPredict(const Eigen::MatrixXd& x, const std::vector<int>& labels, const metrics::Split& split,
                              double C) {
  const Eigen::MatrixXd train = x(split.train, Eigen::all), test = x(split.test, Eigen::all);
  const metrics::Standardizer standardizer = metrics::FitStandardizer(train);
  const metrics::LogisticModel model =
      metrics::FitLogistic(metrics::Standardize(standardizer, train), LabelsAt(labels, split.train), C);
  return metrics::Logits(model, metrics::Standardize(standardizer, test));
}

// The C with the smallest held-out log loss; of equals the strongest penalty.
double ChoosePenalty(const Eigen::MatrixXd& x, const std::vector<int>& labels, base::Rng& rng) {
  const metrics::Folds folds = metrics::StratifiedFolds(labels, kInnerFolds, rng);
  double best = 0, best_loss = std::numeric_limits<double>::infinity();
  for (const double C : kPenalties) {
    double loss = 0;
    for (int fold = 0; fold < kInnerFolds; ++fold) {
      const metrics::Split split = metrics::SplitOf(folds, fold);
      const Eigen::VectorXd logits = FitAndPredict(x, labels, split, C);
      for (size_t i = 0; i < split.test.size(); ++i) {
        const double logit = logits[static_cast<Eigen::Index>(i)];
        const double p = metrics::Probability(labels[static_cast<size_t>(split.test[i])] ? logit : -logit);
        loss -= std::log(std::max(p, 1e-300));
      }
    }
    if (loss < best_loss) best = C, best_loss = loss;
  }
  return best;
}

// Held-out logits of all trials; nullopt where a fold's training trials cannot be fitted.
std::optional<std::vector<double>> HeldOutLogits(const Matrix& matrix, const metrics::Folds& folds, base::Rng& rng) {
  std::vector<double> logits(matrix.labels.size());
  for (int fold = 0; fold < kAuditFolds; ++fold) {
    const metrics::Split split = metrics::SplitOf(folds, fold);
    const std::vector<int> train_labels = LabelsAt(matrix.labels, split.train);
    const auto positives = std::count(train_labels.begin(), train_labels.end(), 1);
    if (std::min<std::ptrdiff_t>(positives, std::ssize(train_labels) - positives) < kInnerFolds) return std::nullopt;
    const double C = ChoosePenalty(matrix.values(split.train, Eigen::all), train_labels, rng);
    const Eigen::VectorXd fold_logits = FitAndPredict(matrix.values, matrix.labels, split, C);
    for (size_t i = 0; i < split.test.size(); ++i)
      logits[static_cast<size_t>(split.test[i])] = fold_logits[static_cast<Eigen::Index>(i)];
  }
  return logits;
}

// Log odds of the rate of positives among the training trials of the same configuration.
std::vector<double> HeldOutConfigLogits(const Matrix& matrix, const metrics::Folds& folds) {
  std::vector<double> logits(matrix.labels.size());
  for (int fold = 0; fold < kAuditFolds; ++fold) {
    const metrics::Split split = metrics::SplitOf(folds, fold);
    std::map<int, std::pair<double, double>> counts;  // positives and trials of a configuration
    double positives = 0;
    for (const int row : split.train) {
      const auto i = static_cast<size_t>(row);
      counts[matrix.configs[i]].first += matrix.labels[i];
      counts[matrix.configs[i]].second += 1;
      positives += matrix.labels[i];
    }
    const double overall = positives / static_cast<double>(split.train.size());
    for (const int row : split.test) {
      const auto& [hits, n] = counts[matrix.configs[static_cast<size_t>(row)]];
      const double rate = (hits + kPriorTrials * overall) / (n + kPriorTrials);
      logits[static_cast<size_t>(row)] = std::log(rate / (1 - rate));
    }
  }
  return logits;
}

AuditScore ScoreOf(const std::vector<int>& labels, const std::vector<double>& logits, base::Rng rng) {
  std::vector<int> answers;
  for (const double logit : logits) answers.push_back(logit > 0);
  const auto gather = [](const auto& values, std::span<const int> rows) {
    auto chosen = values;
    for (size_t i = 0; i < rows.size(); ++i) chosen[i] = values[static_cast<size_t>(rows[i])];
    return chosen;
  };
  const auto accuracy = [&](std::span<const int> rows) {
    return metrics::Accuracy(gather(labels, rows), gather(answers, rows));
  };
  const auto auc = [&](std::span<const int> rows) {
    return metrics::AreaUnderRoc(gather(labels, rows), gather(logits, rows));
  };
  const int n = static_cast<int>(labels.size());
  return {.accuracy = metrics::Accuracy(labels, answers),
          .auc = metrics::AreaUnderRoc(labels, logits),
          .kappa = metrics::CohensKappa(labels, answers),
          .accuracy_interval = metrics::BootstrapInterval(n, accuracy, rng),
          .auc_interval = metrics::BootstrapInterval(n, auc, rng)};
}

std::vector<BiasAudit::Weight> TopWeights(const Matrix& matrix, base::Rng& rng) {
  const double C = ChoosePenalty(matrix.values, matrix.labels, rng);
  const Eigen::MatrixXd x = metrics::Standardize(metrics::FitStandardizer(matrix.values), matrix.values);
  const metrics::LogisticModel model = metrics::FitLogistic(x, matrix.labels, C);
  std::vector<BiasAudit::Weight> weights;
  for (size_t i = 0; i < matrix.names.size(); ++i)
    weights.push_back({matrix.names[i], model.weights[static_cast<Eigen::Index>(i)]});
  std::stable_sort(weights.begin(), weights.end(),
                   [](const auto& a, const auto& b) { return std::abs(a.log_odds) > std::abs(b.log_odds); });
  weights.resize(std::min(weights.size(), kTopWeights));
  return weights;
}

std::string WhyImpossible(const std::vector<int>& labels) {
  const auto positives = std::count(labels.begin(), labels.end(), 1);
  const auto negatives = std::ssize(labels) - positives;
  if (labels.empty()) return "no accepted trials";
  if (positives == 0) return "no trial is positive";
  if (negatives == 0) return "every trial is positive";
  if (std::min(positives, negatives) < kAuditFolds)
    return std::to_string(positives) + " positive and " + std::to_string(negatives) + " negative trials; " +
           std::to_string(kAuditFolds) + " folds need " + std::to_string(kAuditFolds) + " of each";
  return "";
}

}  // namespace

Features FirstFrameFeatures(const TrialSpec& spec) {
  Features features;
  std::map<std::string, std::vector<const ObjectSpec*>> by_role;
  for (const ObjectSpec& object : spec.objects) by_role[object.role].push_back(&object);
  for (const auto& [role, objects] : by_role) {
    if (IsSummarised(role) || objects.size() > 1) AddGroup(features, role, objects);
    else AddObject(features, *objects[0]);
  }
  const auto one = [&](const char* role) { return by_role.contains(role) ? by_role[role][0] : nullptr; };
  AddOffset(features, one("target"), one("zone"));
  AddOffset(features, one("probe"), one("target"));
  if (spec.push) AddPush(features, *spec.push, spec.objects);
  AddVector(features, "camera.position", spec.camera.position);
  AddVector(features, "camera.look at", spec.camera.look_at);
  features["room=" + spec.room] = 1;
  if (spec.cloth) {
    features["cloth.bend stiffness"] = spec.cloth->bend_stiffness;
    features["cloth.stretch stiffness"] = spec.cloth->stretch_stiffness;
    features["cloth.tether stiffness"] = spec.cloth->tether_stiffness;
  }
  return features;
}

BiasAudit AuditBias(const std::vector<AuditTrial>& trials, const base::Rng& rng) {
  const Matrix matrix = MatrixOf(trials);
  BiasAudit audit;
  audit.trials = static_cast<int>(trials.size());
  audit.features = static_cast<int>(matrix.names.size());
  audit.majority = metrics::MajorityRate(matrix.labels);
  audit.impossible = WhyImpossible(matrix.labels);
  if (!audit.impossible.empty()) return audit;

  base::Rng fold_rng = rng.Split("folds"), penalty_rng = rng.Split("penalty");
  const metrics::Folds folds = metrics::StratifiedFolds(matrix.labels, kAuditFolds, fold_rng);
  audit.first_frame = ScoreOf(matrix.labels, HeldOutLogits(matrix, folds, penalty_rng).value(), rng.Split("bootstrap"));
  audit.config_name = ScoreOf(matrix.labels, HeldOutConfigLogits(matrix, folds), rng.Split("bootstrap"));
  if (std::set<int>(matrix.configs.begin(), matrix.configs.end()).size() >= kAuditFolds) {
    const metrics::Folds whole_configs = metrics::GroupedFolds(matrix.configs, kAuditFolds, fold_rng);
    if (const auto logits = HeldOutLogits(matrix, whole_configs, penalty_rng))
      audit.new_configs = ScoreOf(matrix.labels, *logits, rng.Split("bootstrap"));
  }
  audit.top = TopWeights(matrix, penalty_rng);
  return audit;
}

}  // namespace figment::physion
