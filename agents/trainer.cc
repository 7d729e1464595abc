#include "agents/trainer.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <chrono>
#include <cmath>
#include <optional>

#include "base/check.h"
#include "base/error.h"
#include "base/log.h"
#include "base/signals.h"
#include "files/atomic.h"
#include "files/event_file.h"
#include "files/manifest.h"

namespace figment::agents {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr char kLog[] = "log.jsonl";

// What changes while a run goes on, besides tensors, schedules and generators.
struct Counters {
  int64_t pass = 0, step = 0;             // steps of this pass that are done
  double loss_sum = 0, norm_sum = 0;      // over the counted steps of this pass
  int64_t counted = 0, skipped = 0;       // of this pass
  int64_t skipped_in_a_row = 0, skipped_in_all = 0;
  double seconds = 0;                     // in all
  double seconds_before_pass = 0;
};

Json Save(const Counters& c) {
  return {{"pass", c.pass},       {"step", c.step},       {"loss_sum", c.loss_sum},
          {"norm_sum", c.norm_sum}, {"counted", c.counted}, {"skipped", c.skipped},
          {"skipped_in_a_row", c.skipped_in_a_row}, {"skipped_in_all", c.skipped_in_all}, {"seconds", c.seconds},
          {"seconds_before_pass", c.seconds_before_pass}};
}

Counters CountersOf(const Json& saved) {
  return {saved.at("pass"),    saved.at("step"),    saved.at("loss_sum"),         saved.at("norm_sum"),      saved.at("counted"),
          saved.at("skipped"), saved.at("skipped_in_a_row"), saved.at("skipped_in_all"), saved.at("seconds"),
          saved.at("seconds_before_pass")};
}

Json Save(const std::vector<base::Rng*>& generators) {
  Json all = Json::array();
  for (const base::Rng* rng : generators) {
    const base::Rng::State state = rng->Save();
    all.push_back({state.key, state.state, state.increment});
  }
  return all;
}

void Restore(const Json& saved, const std::vector<base::Rng*>& generators) {
  for (size_t i = 0; i < generators.size(); ++i)
    generators[i]->Restore({saved.at(i).at(0), saved.at(i).at(1), saved.at(i).at(2)});
}

class Run {
 public:
  Run(const TrainingTask& task, const TrainerOptions& options, const fs::path& folder, const TrainingProgress& progress)
      : task_(task), options_(options), folder_(folder), progress_(progress), adam_(task.parameters, options.adam),
        rate_(options.adaptive_rate), clip_(options.clip) {
    for (const NamedTensor& parameter : task.parameters) tensors_.push_back(parameter.tensor);
    fs::create_directories(folder);
    files::RemoveTemporaries(folder);
    if (fs::exists(CheckpointPath(folder))) GoOn();
    CutLog();
  }

  TrainingOutcome ToTheEnd() {
    saved_at_ = Clock::now();
    const auto finished = [&] { return counters_.pass >= options_.passes || RateExhausted(); };
    if (!finished()) events_.emplace(folder_, counters_.pass + 1);
    bool changed = false;
    while (!finished() && !base::StopRequested()) {
      Step();
      changed = true;
      if (counters_.step == task_.steps_per_pass) EndPass();
      if (progress_) progress_(counters_.pass * task_.steps_per_pass + counters_.step);
      if (SecondsSince(saved_at_) > options_.checkpoint_every_s && counters_.skipped_in_a_row == 0) WriteState();
    }
    if (changed) WriteState();
    return {.passes = counters_.pass,
            .stopped = !finished(),
            .rate_exhausted = RateExhausted(),
            .skipped = counters_.skipped_in_all,
            .seconds = counters_.seconds,
            .last = last_line_};
  }

 private:
  static double SecondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  bool RateExhausted() const { return options_.schedule == RateSchedule::kAdaptive && rate_.finished(); }

  // `step` counts over all passes.
  double RateAt(int64_t step) const {
    if (options_.schedule == RateSchedule::kAdaptive) return rate_.rate();
    return CosineRate(options_.peak_rate, options_.warm_up, step, options_.passes * task_.steps_per_pass);
  }

  double ClipLimit() const {
    if (options_.adaptive_clip) return clip_.limit();
    return options_.fixed_clip > 0 ? options_.fixed_clip : std::numeric_limits<double>::infinity();
  }

  void Step() {
    const auto start = Clock::now();
    const at::Tensor loss = task_.loss(counters_.pass, counters_.step);
    const double value = loss.item<double>();
    std::vector<at::Tensor> gradients;
    double norm = std::nan("");
    if (std::isfinite(value)) {
      gradients = torch::autograd::grad({loss}, tensors_);
      norm = GlobalNorm(gradients);
    }
    if (std::isfinite(norm)) {
      ClipByGlobalNorm(gradients, norm, ClipLimit());
      adam_.Step(gradients, RateAt(counters_.pass * task_.steps_per_pass + counters_.step));
      counters_.loss_sum += value, counters_.norm_sum += norm, ++counters_.counted;
      counters_.skipped_in_a_row = 0;
    } else {
      Skip();
    }
    ++counters_.step;
    counters_.seconds += SecondsSince(start);
  }

  void Skip() {
    ++counters_.skipped, ++counters_.skipped_in_all, ++counters_.skipped_in_a_row;
    if (counters_.skipped_in_a_row < options_.most_skipped) return;
    throw base::Error("the loss was not finite " + std::to_string(counters_.skipped_in_a_row) +
                      " times in a row, last in pass " + std::to_string(counters_.pass + 1) + ", batch " +
                      std::to_string(counters_.step + 1) + "; a smaller learning rate may help. " +
                      (fs::exists(CheckpointPath(folder_)) ? "The last good state is in " + CheckpointPath(folder_).string()
                                                           : "There is no checkpoint yet"));
  }

  void EndPass() {
    const double count = static_cast<double>(counters_.counted);
    Json line = {{"pass", counters_.pass + 1}, {"loss", nullptr}, {"gradient_norm", nullptr}};
    line["rate"] = RateAt((counters_.pass + 1) * task_.steps_per_pass - 1);
    line["clip"] = std::isfinite(ClipLimit()) ? Json(ClipLimit()) : Json(nullptr);
    line["skipped"] = counters_.skipped;
    if (counters_.counted > 0) {
      const double loss = counters_.loss_sum / count, norm = counters_.norm_sum / count;
      line["loss"] = loss, line["gradient_norm"] = norm;
      rate_.Update(loss);
      clip_.Update(norm);
    }
    const int64_t skipped_in_a_row = counters_.skipped_in_a_row, skipped_in_all = counters_.skipped_in_all;
    line["train_seconds"] = std::round((counters_.seconds - counters_.seconds_before_pass) * 1000) / 1000;
    counters_ = {.pass = counters_.pass + 1, .seconds = counters_.seconds};
    counters_.skipped_in_a_row = skipped_in_a_row, counters_.skipped_in_all = skipped_in_all;
    Evaluate(line);
    counters_.seconds_before_pass = counters_.seconds;
    line["seconds"] = std::round(counters_.seconds * 1000) / 1000;
    Log(line);
  }

  void Evaluate(Json& line) {
    if (!task_.evaluate) return;
    if (counters_.pass % options_.evaluate_every != 0 && counters_.pass != options_.passes && !RateExhausted()) return;
    const auto start = Clock::now();
    const at::NoGradGuard no_grad;
    line["evaluation"] = task_.evaluate(counters_.pass);
    counters_.seconds += SecondsSince(start);
  }

  void Log(const Json& line) {
    files::AppendLine(folder_ / kLog, line);
    last_line_ = line;
    for (const auto& [key, value] : line.items())
      if (value.is_number() && key != "pass") events_->Add("training/" + key, value, counters_.pass);
    if (line.contains("evaluation"))
      for (const auto& [key, value] : line["evaluation"].items())
        if (value.is_number()) events_->Add("evaluation/" + key, value, counters_.pass);
  }

  // Drops what the log says about passes after the checkpoint, which will be done again.
  void CutLog() {
    const fs::path path = folder_ / kLog;
    if (!fs::exists(path)) return;
    std::string kept;
    for (const Json& line : ReadLog(folder_)) {
      if (line.at("pass").get<int64_t>() > counters_.pass) break;
      kept += line.dump() + "\n";
      last_line_ = line;
    }
    files::WriteFileAtomically(path, kept);
  }

  NamedTensors AllTensors() const {
    NamedTensors all;
    for (const NamedTensor& one : task_.parameters) all.push_back({"parameters/" + one.name, one.tensor});
    for (const NamedTensor& one : task_.constants) all.push_back({"constants/" + one.name, one.tensor});
    for (const NamedTensor& one : adam_.Moments()) all.push_back({"adam/" + one.name, one.tensor});
    return all;
  }

  void WriteState() {
    WriteCheckpoint(CheckpointPath(folder_), {.tensors = AllTensors(),
                                              .config = task_.config,
                                              .state = {{"counters", Save(counters_)},
                                                        {"adam_steps", adam_.steps()},
                                                        {"rate", rate_.Save()},
                                                        {"clip", clip_.Save()},
                                                        {"random", Save(task_.random)},
                                                        {"threads", at::get_num_threads()}}});
    saved_at_ = Clock::now();
  }

  void GoOn() {
    const fs::path path = CheckpointPath(folder_);
    const Checkpoint saved = ReadCheckpoint(path);
    RequireSameConfig(path, saved.config, task_.config);
    CopyTensors(saved.tensors, "parameters/", task_.parameters, path.string());
    CopyTensors(saved.tensors, "constants/", task_.constants, path.string());
    CopyTensors(saved.tensors, "adam/", adam_.Moments(), path.string());
    try {
      counters_ = CountersOf(saved.state.at("counters"));
      adam_.set_steps(saved.state.at("adam_steps"));
      rate_.Restore(saved.state.at("rate"));
      clip_.Restore(saved.state.at("clip"));
      Restore(saved.state.at("random"), task_.random);
      if (const int threads = saved.state.at("threads"); threads != at::get_num_threads())
        base::LogWarning(path.string() + " was written with " + std::to_string(threads) + " threads and goes on with " +
                         std::to_string(at::get_num_threads()) + ": the last bits may differ from an uninterrupted run's");
    } catch (const Json::exception&) {
      throw base::Error(path.string() + ": a damaged checkpoint (its state is incomplete)");
    }
  }

  const TrainingTask& task_;
  const TrainerOptions& options_;
  const fs::path folder_;
  const TrainingProgress& progress_;
  std::vector<at::Tensor> tensors_;
  Adam adam_;
  AdaptiveRate rate_;
  AdaptiveClip clip_;
  Counters counters_;
  Json last_line_;
  std::optional<files::EventFile> events_;
  Clock::time_point saved_at_;
};

}  // namespace

TrainingOutcome Train(const TrainingTask& task, const TrainerOptions& options, const fs::path& folder,
                      const TrainingProgress& progress) {
  CHECK_GT(task.steps_per_pass, 0);
  return Run(task, options, folder, progress).ToTheEnd();
}

std::vector<Json> ReadLog(const fs::path& folder) {
  const fs::path path = folder / kLog;
  if (!fs::exists(path)) return {};
  std::vector<Json> lines = files::ReadJsonLines(path).lines;
  for (const Json& line : lines)
    if (!line.is_object() || !line.contains("pass") || !line["pass"].is_number_integer())
      throw base::Error(path.string() + ": not the log of a training run: a line has no 'pass'");
  return lines;
}

TrainingState StateOf(const Checkpoint& checkpoint, const std::string& source) {
  try {
    AdaptiveRate rate{AdaptiveRateOptions{}};
    rate.Restore(checkpoint.state.at("rate"));
    return {.passes = checkpoint.state.at("counters").at("pass"), .rate_exhausted = rate.finished()};
  } catch (const Json::exception&) {
    throw base::Error(source + ": a damaged checkpoint (its state is incomplete)");
  }
}

fs::path CheckpointPath(const fs::path& folder) { return folder / "checkpoint.safetensors"; }

}  // namespace figment::agents
