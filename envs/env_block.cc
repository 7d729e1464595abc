#include "envs/env_block.h"

#include <cstring>

#include "base/error.h"
#include "base/random.h"

namespace figment::envs {

uint64_t EpisodeSeed(uint64_t seed, int env, uint64_t episode) {
  return base::Rng({seed, base::KeyOf("episode"), static_cast<uint64_t>(env), episode}).Next64();
}

std::span<const std::byte> ByteReader::Take(size_t size) {
  if (size > bytes_.size()) throw base::Error("the saved state of a batch is truncated");
  const auto part = bytes_.first(size);
  bytes_ = bytes_.subspan(size);
  return part;
}

namespace {

void AppendOptions(const ResetOptions& options, std::vector<std::byte>* bytes) {
  AppendBytes(uint64_t{options.size()}, bytes);
  for (const auto& [name, value] : options) {
    AppendBytes(uint64_t{name.size()}, bytes);
    AppendSpan(std::as_bytes(std::span(name)), bytes);
    AppendBytes(value, bytes);
  }
}

ResetOptions ReadOptions(ByteReader& reader) {
  ResetOptions options(reader.Read<uint64_t>());
  for (auto& [name, value] : options) {
    const auto text = reader.Take(reader.Read<uint64_t>());
    name.assign(reinterpret_cast<const char*>(text.data()), text.size());
    value = reader.Read<double>();
  }
  return options;
}

}  // namespace

std::vector<std::byte> ResetOrder(uint64_t seed, std::span<const uint8_t> mask, std::span<const ResetOptions> options,
                                  int begin, int end) {
  std::vector<std::byte> order;
  AppendBytes(seed, &order);
  for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
    AppendBytes(mask[i], &order);
    if (mask[i] != 0) AppendOptions(options.empty() ? ResetOptions{} : options[options.size() == 1 ? 0 : i], &order);
  }
  return order;
}

EnvBlock::EnvBlock(std::vector<std::unique_ptr<Env>> envs, int first, AutoReset auto_reset, ArrayBuffers buffers)
    : envs_(std::move(envs)), first_(first), auto_reset_(auto_reset), buffers_(std::move(buffers)) {
  CHECK_LE(first_ + size(), buffers_.size());
}

std::vector<std::byte> EnvBlock::Do(Request request, std::span<const std::byte> order) {
  switch (request) {
    case Request::kStep:
      refused_ = false;
      for (int i = 0; i < size(); ++i) StepOne(i);
      return {};
    case Request::kReset: Reset(order); return {};
    case Request::kSave: return Save();
    case Request::kRestore: Restore(order); return {};
    case Request::kMake:
    case Request::kStop: break;
  }
  CHECK(false);
}

void EnvBlock::Begin(int i, const ResetOptions& options) {
  const int row = first_ + i;
  int64_t& episodes = buffers_.episodes()[static_cast<size_t>(row)];
  envs_[static_cast<size_t>(i)]->Reset(EpisodeSeed(seed_, row, static_cast<uint64_t>(episodes)), options,
                                       buffers_.OutputOf(row));
  ++episodes;
}

void EnvBlock::Reset(std::span<const std::byte> order) {
  ByteReader reader(order);
  seed_ = reader.Read<uint64_t>();
  for (int i = 0; i < size(); ++i) {
    if (reader.Read<uint8_t>() == 0) continue;
    Begin(i, ReadOptions(reader));
    const auto row = static_cast<size_t>(first_ + i);
    buffers_.rewards()[row] = buffers_.episode_returns()[row] = 0;
    buffers_.episode_lengths()[row] = 0;
    buffers_.terminated()[row] = buffers_.truncated()[row] = buffers_.has_final()[row] = 0;
    buffers_.statuses()[row] = StepStatus::kOk;
    buffers_.reasons()[row * ArrayBuffers::kReasonBytes] = '\0';
  }
}

void EnvBlock::StepOne(int i) {
  Env& env = *envs_[static_cast<size_t>(i)];
  const int batch_index = first_ + i;
  const auto row = static_cast<size_t>(batch_index);
  StepStatus& status = buffers_.statuses()[row];
  const bool may_begin = auto_reset_ == AutoReset::kNextStep && buffers_.episodes()[row] > 0;
  if (!env.running() && !may_begin) {
    status = StepStatus::kNotRunning;
    refused_ = true;
    return;
  }
  char* const reason = &buffers_.reasons()[row * ArrayBuffers::kReasonBytes];
  if (status == StepStatus::kFailed) *reason = '\0';
  if (buffers_.terminated()[row] || buffers_.truncated()[row]) {  // the episode before this one
    buffers_.episode_returns()[row] = 0;
    buffers_.episode_lengths()[row] = 0;
  }
  buffers_.has_final()[row] = 0;

  StepResult result;
  if (env.running()) {
    result = env.Step(buffers_.ActionsOf(batch_index), buffers_.OutputOf(batch_index));
    if (result.status != StepStatus::kBadAction) ++buffers_.episode_lengths()[row];
    if (result.status == StepStatus::kFailed) std::strncpy(reason, result.reason, ArrayBuffers::kReasonBytes - 1);
    if (result.ended() && auto_reset_ == AutoReset::kSameStep) {
      buffers_.CopyToFinal(batch_index);
      buffers_.has_final()[row] = 1;
      Begin(i, {});
    }
  } else {
    Begin(i, {});
  }
  status = result.status;
  refused_ |= IsRefusal(status);
  buffers_.rewards()[row] = result.reward;
  buffers_.episode_returns()[row] += result.reward;
  buffers_.terminated()[row] = result.terminated;
  buffers_.truncated()[row] = result.truncated;
}

std::vector<std::byte> EnvBlock::Save() const {
  std::vector<std::byte> bytes;
  for (const auto& env : envs_) {
    const std::vector<std::byte> state = env->Save();
    AppendBytes(uint64_t{state.size()}, &bytes);
    AppendSpan(state, &bytes);
  }
  return bytes;
}

void EnvBlock::Restore(std::span<const std::byte> order) {
  ByteReader reader(order);
  seed_ = reader.Read<uint64_t>();
  for (const auto& env : envs_) env->Restore(reader.Take(reader.Read<uint64_t>()));
}

}  // namespace figment::envs
