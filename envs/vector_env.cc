#include "envs/vector_env.h"

#include <algorithm>
#include <cstdio>
#include <exception>

#include "base/check.h"
#include "base/error.h"
#include "base/machine.h"

namespace figment::envs {
namespace {

constexpr double kLookAfterWorkers_s = 0.2;  // a dead worker does not say so

std::string Gigabytes(double bytes) {
  char text[32];
  std::snprintf(text, sizeof(text), bytes < 1e9 ? "%.3g MB" : "%.3g GB", bytes < 1e9 ? bytes / 1e6 : bytes / 1e9);
  return text;
}

int NumberOfWorkers(int n, const VectorEnvConfig& config) {
  if (config.workers < 1)
    throw base::UsageError("the number of workers is " + std::to_string(config.workers) + ": expected 1 or more");
  return std::min(config.workers, n);
}

const EnvSpec& FirstSpec(const std::vector<std::unique_ptr<Env>>& envs) {
  if (envs.empty()) CheckBatchFits({.name = "environments"}, 0);
  return envs.front()->spec();
}

}  // namespace

size_t BatchBytes(const EnvSpec& spec, int n) {
  return ArrayBuffers::BytesFor(spec, n) + spec.memory_bytes * static_cast<size_t>(n);
}

void CheckBatchFits(const EnvSpec& spec, int n) {
  if (n < 1) throw base::UsageError("a batch of " + std::to_string(n) + " " + spec.name + ": expected 1 or more");
  const auto bytes = static_cast<double>(BatchBytes(spec, n));
  const auto available = static_cast<double>(base::AvailableMemoryBytes());
  if (bytes <= available) return;
  throw base::UsageError(std::to_string(n) + " environments '" + spec.name + "' take about " + Gigabytes(bytes) +
                         " of memory, " + Gigabytes(bytes / n) + " each: " + Gigabytes(available) +
                         " are free, enough for " + std::to_string(static_cast<int>(available / bytes * n)));
}

VectorEnv::VectorEnv(std::vector<std::unique_ptr<Env>> envs, const VectorEnvConfig& config)
    : spec_(FirstSpec(envs)),
      memory_(spec_, static_cast<int>(envs.size()), NumberOfWorkers(static_cast<int>(envs.size()), config),
              config.auto_reset),
      buffers_(memory_.Buffers(spec_)),
      busy_(static_cast<size_t>(memory_.head().workers)) {
  for (const auto& env : envs) CHECK_EQ(KeyOf(env->spec()), KeyOf(spec_));
  for (int worker = 0; worker < blocks(); ++worker) {
    const auto [begin, end] = memory_.RangeOf(worker);
    std::vector<std::unique_ptr<Env>> own(std::make_move_iterator(envs.begin() + begin),
                                          std::make_move_iterator(envs.begin() + end));
    EnvBlock block(std::move(own), begin, config.auto_reset, memory_.Buffers(spec_));
    workers_.push_back(worker == 0 ? CallerWorker(std::move(block), memory_, worker)
                                   : ThreadWorker(std::move(block), memory_, worker));
  }
}

VectorEnv::VectorEnv(const EnvSpec& spec, int n, const WorkerProgram& program, const VectorEnvConfig& config)
    : spec_([&] {
        CheckBatchFits(spec, n);
        return spec;
      }()),
      memory_(spec_, n, NumberOfWorkers(n, config), config.auto_reset),
      buffers_(memory_.Buffers(spec_)),
      busy_(static_cast<size_t>(memory_.head().workers)) {
  for (int worker = 0; worker < blocks(); ++worker)
    workers_.push_back(ProcessWorker(program, memory_, worker));
  for (int worker = 0; worker < blocks(); ++worker) Ask(worker, Request::kMake, {});
  CollectAll();
}

VectorEnv::~VectorEnv() = default;
VectorEnv::VectorEnv(VectorEnv&&) noexcept = default;

// A worker process has ended.
void VectorEnv::Break(const base::Error& error) {
  broken_ = error.what();
  workers_.clear();
  throw error;
}

void VectorEnv::Close() {
  workers_.clear();
  if (broken_.empty()) broken_ = "it was closed";
}

void VectorEnv::CheckAlive() {
  try {
    for (size_t i = 0; i < workers_.size(); ++i)
      if (busy_[i] != 0) workers_[i]->CheckAlive();
  } catch (const base::Error& error) {
    Break(error);
  }
}

void VectorEnv::CheckUsable() const {
  if (!broken_.empty()) throw base::Error("the batch is not usable any more: " + broken_);
}

void VectorEnv::CheckIdle(const char* what) const {
  CheckUsable();
  if (std::find(busy_.begin(), busy_.end(), 1) != busy_.end())
    throw base::UsageError(std::string(what) + " while a step is under way: receive it first");
}

void VectorEnv::Ask(int worker, Request request, std::vector<std::byte> order) {
  busy_[static_cast<size_t>(worker)] = 1;
  try {
    workers_[static_cast<size_t>(worker)]->Ask(request, std::move(order));
  } catch (const base::Error& error) {
    Break(error);
  }
}

std::vector<int> VectorEnv::Collect(int at_least, std::vector<std::vector<std::byte>>* answers) {
  std::vector<int> done;
  std::exception_ptr first_error;
  base::WaitWord& counter = memory_.head().answers;
  for (uint32_t seen = counter.value();; seen = counter.value()) {
    for (int worker = 0; worker < blocks(); ++worker) {
      const auto i = static_cast<size_t>(worker);
      if (busy_[i] == 0 || !workers_[i]->Answered()) continue;
      done.push_back(worker);
      try {
        std::vector<std::byte> answer = workers_[i]->Take();
        if (answers != nullptr) answers->at(i) = std::move(answer);
      } catch (...) {
        CheckAlive();
        if (!first_error) first_error = std::current_exception();
      }
      busy_[i] = 0;
    }
    if (static_cast<int>(done.size()) >= at_least) break;
    if (counter.WaitWhile(seen, kLookAfterWorkers_s) == seen) CheckAlive();
  }
  if (first_error) std::rethrow_exception(first_error);
  std::sort(done.begin(), done.end());
  return done;
}

void VectorEnv::CollectAll(std::vector<std::vector<std::byte>>* answers) {
  Collect(static_cast<int>(std::count(busy_.begin(), busy_.end(), 1)), answers);
}

void VectorEnv::Reset(uint64_t seed, std::span<const ResetOptions> options) {
  CheckIdle("a reset");
  seed_ = seed;
  std::fill(buffers_.episodes().begin(), buffers_.episodes().end(), 0);
  ResetMasked(std::vector<uint8_t>(static_cast<size_t>(size()), 1), options);
}

void VectorEnv::ResetMasked(std::span<const uint8_t> mask, std::span<const ResetOptions> options) {
  CHECK_EQ(mask.size(), static_cast<size_t>(size()));
  CHECK(options.size() <= 1 || options.size() == mask.size());
  CheckIdle("a reset");
  for (int worker = 0; worker < blocks(); ++worker) {
    const auto [begin, end] = BlockRange(worker);
    Ask(worker, Request::kReset, ResetOrder(seed_, mask, options, begin, end));
  }
  CollectAll();
}

// Reads the statuses only if need be: another core has written them.
void VectorEnv::CheckStatuses(int block) const {
  if (!memory_.lane(block).refused) return;
  const EnvRange range = BlockRange(block);
  for (int i = range.begin; i < range.end; ++i) {
    const StepStatus status = buffers_.statuses()[static_cast<size_t>(i)];
    if (!IsRefusal(status)) continue;
    const std::string who = "environment " + std::to_string(i) + ": ";
    if (status == StepStatus::kBadAction)
      throw base::UsageError(who + DescribeBadAction(spec_, buffers_.ActionsOf(i)));
    throw base::UsageError(who + "its episode has ended or never begun; reset it before it steps");
  }
}

void VectorEnv::Step() {
  Send();
  Receive();
}

void VectorEnv::Send() {
  CheckIdle("a step");
  // The caller's own share comes first in the list and is done last.
  for (int worker = 0; worker < blocks(); ++worker) Ask(worker, Request::kStep, {});
}

void VectorEnv::Receive() {
  CheckUsable();
  if (std::find(busy_.begin(), busy_.end(), 0) != busy_.end())
    throw base::UsageError("no step of the whole batch is under way: send one first");
  CollectAll();
  for (int block = 0; block < blocks(); ++block) CheckStatuses(block);
}

void VectorEnv::Send(std::span<const int> blocks) {
  CheckUsable();
  for (const int block : blocks) {
    CHECK(block >= 0 && block < this->blocks());
    if (busy_[static_cast<size_t>(block)] != 0)
      throw base::UsageError("block " + std::to_string(block) + " is being stepped: receive it first");
    Ask(block, Request::kStep, {});
  }
}

std::vector<int> VectorEnv::Receive(int at_least) {
  CheckUsable();
  const auto under_way = std::count(busy_.begin(), busy_.end(), 1);
  if (at_least < 1 || at_least > under_way)
    throw base::UsageError("cannot receive " + std::to_string(at_least) + " blocks: " + std::to_string(under_way) +
                           " are under way");
  std::vector<int> done = Collect(at_least);
  for (const int block : done) CheckStatuses(block);
  return done;
}

std::vector<double> VectorEnv::WorkingSeconds() const {
  CheckIdle("a reading of working times");
  std::vector<double> seconds;
  for (int worker = 0; worker < blocks(); ++worker) seconds.push_back(memory_.lane(worker).working_s);
  return seconds;
}

// Seed, the size and the state of each environment, the buffers.
std::vector<std::byte> VectorEnv::Save() {
  CheckIdle("a save");
  std::vector<std::vector<std::byte>> states(workers_.size());
  for (int worker = 0; worker < blocks(); ++worker) Ask(worker, Request::kSave, {});
  CollectAll(&states);
  std::vector<std::byte> bytes;
  AppendBytes(seed_, &bytes);
  for (const auto& state : states) AppendSpan(state, &bytes);
  AppendSpan(buffers_.memory(), &bytes);
  return bytes;
}

void VectorEnv::Restore(std::span<const std::byte> saved) {
  CheckIdle("a restore");
  ByteReader reader(saved);
  seed_ = reader.Read<uint64_t>();
  std::vector<std::vector<std::byte>> orders(workers_.size());
  for (int worker = 0; worker < blocks(); ++worker) {
    auto& order = orders[static_cast<size_t>(worker)];
    AppendBytes(seed_, &order);
    const auto [begin, end] = BlockRange(worker);
    for (int i = begin; i < end; ++i) {
      const auto size = reader.Read<uint64_t>();
      AppendBytes(size, &order);
      AppendSpan(reader.Take(size), &order);
    }
  }
  CopyBytes(reader.rest(), buffers_.memory());
  for (int worker = 0; worker < blocks(); ++worker)
    Ask(worker, Request::kRestore, std::move(orders[static_cast<size_t>(worker)]));
  CollectAll();
}

}  // namespace figment::envs
