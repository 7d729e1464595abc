#include "rodent/rollout.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/random.h"
#include "envs/array_buffers.h"
#include "envs/vector_env.h"
#include "rodent/preview.h"

namespace figment::rodent {
namespace {

double Now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

EpisodeRecord RunEpisode(const RolloutRequest& request, uint64_t seed, RodentEnv& env,
                         const envs::ArrayBuffers& buffers, Recorder* recorder) {
  EpisodeRecord record = {.seed = seed, .end = "stopped"};
  base::Rng rng({seed, base::KeyOf("policy")});
  const std::span<double> action = buffers.Array<double>(envs::Section::kActions, "action");
  std::fill(action.begin(), action.end(), 0.0);
  const double start = Now_s();
  env.Reset(seed, {}, buffers.OutputOf(0));
  if (recorder) recorder->Add();
  while (env.running() && (request.most_steps == 0 || record.steps < request.most_steps)) {
    if (request.policy == RolloutPolicy::kRandom)
      for (double& value : action) value = rng.Uniform(-1, 1);
    const envs::StepResult result = env.Step(buffers.ActionsOf(0), buffers.OutputOf(0));
    if (recorder && result.status == envs::StepStatus::kOk) recorder->Add();
    record.sum += result.reward;
    ++record.steps;
    if (result.status == envs::StepStatus::kFailed) record.end = result.reason;
    else if (result.ended()) record.end = result.terminated ? "terminated" : "truncated";
  }
  record.seconds = Now_s() - start;
  return record;
}

}  // namespace

base::FieldList FieldsOf(RolloutRequest* request) {
  base::FieldList fields = FieldsOf(&request->env);
  fields.AddEnum("policy", &request->policy, {{"random", RolloutPolicy::kRandom}, {"zero", RolloutPolicy::kZero}},
                 "uniform actions, new every control step, or none");
  fields.Add("episodes", &request->episodes, "how many").Range(1, 1000000);
  fields.Add("seed", &request->seed, "of all; episode i has a seed of its own");
  fields.Add("steps", &request->most_steps, "most control steps an episode; 0 = to its end").AtLeast(0);
  fields.Add("video", &request->video, "an .mp4 of the first episode: the rat, and what it sees");
  fields.Add("quality", &request->quality, "of the video: draft, standard, high or faithful");
  fields.Add("device", &request->device, "that draws the video: auto, cpu or gpu:N");
  return fields;
}

std::vector<EpisodeRecord> Rollout(const RolloutRequest& request) {
  if (!request.video.empty() && !request.video.ends_with(".mp4"))
    throw base::UsageError("video is '" + request.video + "': expected an .mp4 file");
  EnvConfig config = request.env;
  config.doubles = true;
  RodentEnv env(config);
  const envs::ArrayBuffers buffers(env.spec(), 1);
  std::vector<EpisodeRecord> records;
  std::optional<Recorder> recorder;
  if (!request.video.empty()) recorder.emplace(env, request.video, request.quality, request.device);
  for (int i = 0; i < request.episodes; ++i) {
    const uint64_t seed = envs::EpisodeSeed(request.seed, 0, static_cast<uint64_t>(i));
    records.push_back(RunEpisode(request, seed, env, buffers, i == 0 && recorder ? &*recorder : nullptr));
  }
  if (recorder) recorder->Close();
  return records;
}

std::string RolloutCsv(const std::vector<EpisodeRecord>& episodes) {
  std::string text = "episode,seed,return,steps,end,seconds\n";
  for (size_t i = 0; i < episodes.size(); ++i) {
    const EpisodeRecord& record = episodes[i];
    char numbers[120];
    std::snprintf(numbers, sizeof(numbers), "%zu,%llu,%.17g,%d,", i, static_cast<unsigned long long>(record.seed),
                  record.sum, record.steps);
    text += numbers + ('"' + record.end + '"') + "," + std::to_string(record.seconds) + "\n";
  }
  return text;
}

base::Table RolloutTable(const RolloutRequest& request, const std::vector<EpisodeRecord>& episodes) {
  base::Table table = {.title = "Episodes of " + request.env.task,
                       .columns = {"episode", "return", "steps", "end", "steps/s"}};
  double sum = 0, squares = 0;
  for (size_t i = 0; i < episodes.size(); ++i) {
    const EpisodeRecord& record = episodes[i];
    table.rows.push_back({static_cast<int>(i), base::Cell(record.sum, 3), record.steps, record.end,
                          base::Cell(record.steps / record.seconds, 0)});
    sum += record.sum;
    squares += record.sum * record.sum;
  }
  const double n = static_cast<double>(episodes.size()), mean = sum / n;
  const double deviation = n > 1 ? std::sqrt(std::max(0.0, (squares - n * mean * mean) / (n - 1))) : 0;
  char text[120];
  std::snprintf(text, sizeof(text), "return: mean %.3f, standard deviation %.3f, of %d", mean, deviation,
                static_cast<int>(episodes.size()));
  table.notes = {text};
  return table;
}

}  // namespace figment::rodent
