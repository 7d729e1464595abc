// What subjects and models answer at the end of a trial, how wrong they are, and whether they are wrong in the same
// way.
//
// An answer is where the paddle's centre (or the endpoint output of a network) was when the ball arrived. Positions are
// in native units (the frame is 32 x 32); what ends in _deg is in degrees of visual angle. Definitions: Rajalingham,
// Piccato & Jazayeri 2022 (Nat Commun, doi 10.1038/s41467-022-33581-6) and its public code
// RishiRajalingham/MPongBehavior_public PongBehavior/BehavioralCharacterizer.py.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "metrics/bootstrap.h"
#include "pong/trials.h"

namespace figment::pong {

struct Answer {
  int condition = 0;                // meta index
  double paddle_y = 0, ball_y = 0;  // ball_y = y_f of the condition
};

struct Subject {
  std::string name;
  std::vector<Answer> answers;      // one a trial, in any order
  std::string file_sha256;          // of the file they were read from; empty if there is none
};

// --- Endpoint

struct EndpointScore {
  int trials = 0, conditions = 0;
  double mae_deg = 0;           // mean over trials of |paddle - ball|
  double bias_deg = 0;          // mean over conditions of |mean signed error|
  double rmse_deg = 0;          // over conditions' mean answers, as the public code compares models
  double r = 0;                 // of the conditions' mean answers with y_f
  double shuffled_mae_deg = 0;  // mean of 100 permutations of y_f over conditions
};
EndpointScore ScoreEndpoint(const Subject& subject, uint64_t seed = 0);

// --- Error pattern

enum class ErrorKind {
  kResidualTotal,   // residuals of paddle ~ a + b ball over trials, averaged per condition: the published one
  kResidualBias,    // residuals of the same fit over conditions' mean answers
  kAbsResidualTotal, kAbsResidualBias,
  kDifferenceTotal, kDifferenceBias,        // paddle - ball, no fit; these two are equal
  kAbsDifferenceTotal, kAbsDifferenceBias,
};
// "residual_err_total", "abs_residual_err_total", "diff_err_bias", ...: the public code's names, in the order above.
std::vector<std::pair<std::string, ErrorKind>> ErrorKinds();
ErrorKind ErrorKindOf(const std::string& name);  // throws base::Error with the nearest name

// One value a condition, in the order of `conditions`. Throws base::Error if a condition has no answer or if the
// answers' y_f do not vary. The fit uses the answers to `conditions` only.
std::vector<double> ErrorPattern(std::span<const Answer> answers, std::span<const int> conditions, ErrorKind kind);

// The conditions that both have answered, ascending.
std::vector<int> SharedConditions(const Subject& a, const Subject& b);

struct ConsistencyOptions {
  ErrorKind kind = ErrorKind::kResidualTotal;
  int halvings = 10;
  uint64_t seed = 0;
};

// Noise-corrected agreement of two subjects' error patterns over their shared conditions. For each halving the trials
// of every condition are divided at random (subject with one trial in some condition: both halves are all of it,
// reliability 1, as for a deterministic model). Values are means over halvings, _sd their standard deviations.
struct Consistency {
  int conditions = 0;
  double pearson = 0, pearson_sd = 0;    // mean of the four r between halves / sqrt(r_aa r_bb); no Spearman-Brown
  double spearman = 0, spearman_sd = 0;  // the same with ranks
  double pearson_sb = 0;                 // r of the full patterns / sqrt(SB(r_aa) SB(r_bb))
  double nse = 0;                        // noise-corrected normalised squared error (0 = equal, 1 = unrelated)
  double raw_pearson = 0;                // of the full patterns, uncorrected
  double reliability_a = 0, reliability_b = 0;  // split-half r, no Spearman-Brown
  metrics::Interval interval;            // 95 %, of `pearson`: bootstrap over conditions
};
// Undefined values (a reliability that is not positive) are NaN. Fewer than 5 shared conditions is an Error.
Consistency CompareErrors(const Subject& a, const Subject& b, const ConsistencyOptions& options = {});

// --- Files

// CSV with the columns condition (meta index) and paddle_y, or paddle_y_deg, and optionally subject (otherwise one
// subject, named by the file); other columns are passed over. y_f comes from `trial_set` (TrialSet). Throws
// base::Error naming the row and the value.
std::vector<Subject> ReadSubjects(const std::filesystem::path& csv, std::span<const Condition> trial_set);
// Of several files. A name that occurs in more than one of them gets its file's name added: "noisy (monkey)".
std::vector<Subject> ReadSubjectFiles(std::span<const std::filesystem::path> files, std::span<const Condition> trial_set);
// What to call files by: their names without folder and extension, or, where these are equal, with the folder.
std::vector<std::string> NamesOfFiles(std::span<const std::filesystem::path> files);
// subject,condition,paddle_y,y_f: reads back equal.
std::string SubjectsCsv(std::span<const Subject> subjects);

}  // namespace figment::pong
