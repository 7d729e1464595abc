#include "envs/batch_worker.h"

#include <chrono>
#include <csignal>
#include <exception>
#include <new>
#include <optional>
#include <thread>

#include "base/error.h"
#include "base/process.h"

namespace figment::envs {
namespace {

static_assert(sizeof(BatchHead) % 64 == 0 && sizeof(Lane) % 64 == 0);

std::string_view AsText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<std::byte> AsBytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

// Waits for the order after `count` earlier ones.
void WaitForOrder(Lane& lane, uint32_t count) {
  while (lane.asked.WaitWhile(count, 3600) == count) {
  }
}

void Answer(BatchHead& head, Lane& lane) {
  lane.answered.fetch_add(1, std::memory_order_release);
  head.answers.Advance();
}

// While it lives a worker works.
class WorkingTime {
 public:
  explicit WorkingTime(Lane& lane) : lane_(lane) {}
  ~WorkingTime() { lane_.working_s += std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Lane& lane_;
  Clock::time_point start_ = Clock::now();
};

// The work in this process, with what it threw kept for Take.
class Work {
 public:
  Work(EnvBlock block, Lane& lane) : block_(std::move(block)), lane_(lane) {}
  void Order(Request request, std::vector<std::byte> order) { request_ = request, order_ = std::move(order); }
  void Do() {
    const WorkingTime time(lane_);
    try {
      answer_ = block_.Do(request_, order_);
      lane_.refused = block_.refused();
    } catch (...) {
      error_ = std::current_exception();
    }
  }
  Request request() const { return request_; }
  std::vector<std::byte> Take() {
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    return std::move(answer_);
  }

 private:
  EnvBlock block_;
  Lane& lane_;
  Request request_ = Request::kStep;
  std::vector<std::byte> order_, answer_;
  std::exception_ptr error_;
};

class Caller : public BatchWorker {
 public:
  Caller(EnvBlock block, Lane& lane) : work_(std::move(block), lane) {}
  void Ask(Request request, std::vector<std::byte> order) override {
    work_.Order(request, std::move(order));
    done_ = false;
  }
  bool Answered() override {
    if (!done_) work_.Do();
    return done_ = true;
  }
  std::vector<std::byte> Take() override { return work_.Take(); }

 private:
  Work work_;
  bool done_ = true;
};

class Thread : public BatchWorker {
 public:
  Thread(EnvBlock block, const BatchMemory& memory, int worker)
      : work_(std::move(block), memory.lane(worker)),
        head_(memory.head()),
        lane_(memory.lane(worker)),
        thread_([this] { Serve(); }) {}
  ~Thread() override {
    while (!Answered()) std::this_thread::yield();
    Ask(Request::kStop, {});
  }
  void Ask(Request request, std::vector<std::byte> order) override {
    work_.Order(request, std::move(order));
    lane_.asked.Advance();
  }
  bool Answered() override { return lane_.answered.load(std::memory_order_acquire) == lane_.asked.value(); }
  std::vector<std::byte> Take() override { return work_.Take(); }

 private:
  void Serve() {
    for (uint32_t count = 0;; ++count) {
      WaitForOrder(lane_, count);
      if (work_.request() == Request::kStop) return;
      work_.Do();
      Answer(head_, lane_);
    }
  }

  Work work_;
  BatchHead& head_;
  Lane& lane_;
  std::jthread thread_;
};

class ProcessOfBlock : public BatchWorker {
 public:
  ProcessOfBlock(const WorkerProgram& program, const BatchMemory& memory, int worker)
      : lane_(memory.lane(worker)), process_([&] {
          std::vector<std::string> arguments = program.arguments;
          arguments.push_back(std::to_string(worker));
          // One thread draws: pictures in software scale with processes only.
          return base::Process::Spawn(program.program, arguments, {{"LP_NUM_THREADS", "0"}}, memory.descriptor());
        }()) {
    const auto [begin, end] = memory.RangeOf(worker);
    name_ = "worker " + std::to_string(worker) + " (environments " + std::to_string(begin) + " to " +
            std::to_string(end - 1) + ", process " + std::to_string(process_.pid()) + ")";
  }
  void Ask(Request request, std::vector<std::byte> order) override {
    lane_.request = request;
    lane_.order_bytes = order.size();
    lane_.asked.Advance();
    try {
      process_.Send(AsText(order));
    } catch (const base::Error&) {
      CheckAlive();
      throw;
    }
  }
  bool Answered() override { return lane_.answered.load(std::memory_order_acquire) == lane_.asked.value(); }
  std::vector<std::byte> Take() override {
    const auto text = process_.Receive(lane_.answer_bytes);
    if (!text) Ended();
    switch (lane_.outcome) {
      case Lane::Outcome::kOk: break;
      case Lane::Outcome::kError: throw base::Error(*text);
      case Lane::Outcome::kUsageError: throw base::UsageError(*text);
    }
    return AsBytes(*text);
  }
  void CheckAlive() override {
    if (process_.Poll()) Ended();
  }

 private:
  [[noreturn]] void Ended() { throw base::Error(name_ + " " + base::Describe(process_.Wait())); }

  Lane& lane_;
  base::Process process_;
  std::string name_;
};

}  // namespace

BatchMemory::BatchMemory(const EnvSpec& spec, int n, int workers, AutoReset auto_reset)
    : memory_(base::SharedMemory::Create(sizeof(BatchHead) + static_cast<size_t>(workers) * sizeof(Lane) +
                                         ArrayBuffers::BytesFor(spec, n))) {
  new (&head()) BatchHead{.spec_key = KeyOf(spec), .n = n, .workers = workers, .auto_reset = auto_reset};
  for (int worker = 0; worker < workers; ++worker) new (&lane(worker)) Lane{};
}

ArrayBuffers BatchMemory::Buffers(const EnvSpec& spec) const {
  auto* const begin = reinterpret_cast<std::byte*>(&lane(head().workers));
  return {spec, head().n, memory_.bytes().subspan(static_cast<size_t>(begin - memory_.bytes().data()))};
}

EnvRange BatchMemory::RangeOf(int worker) const {
  const auto begin_of = [&](int i) { return static_cast<int>(int64_t{head().n} * i / head().workers); };
  return {begin_of(worker), begin_of(worker + 1)};
}

std::unique_ptr<BatchWorker> CallerWorker(EnvBlock block, const BatchMemory& memory, int worker) {
  return std::make_unique<Caller>(std::move(block), memory.lane(worker));
}

std::unique_ptr<BatchWorker> ThreadWorker(EnvBlock block, const BatchMemory& memory, int worker) {
  return std::make_unique<Thread>(std::move(block), memory, worker);
}

std::unique_ptr<BatchWorker> ProcessWorker(const WorkerProgram& program, const BatchMemory& memory, int worker) {
  return std::make_unique<ProcessOfBlock>(program, memory, worker);
}

namespace {

EnvBlock MakeBlock(const BatchMemory& memory, int worker, const std::function<std::unique_ptr<Env>()>& make) {
  const auto [begin, end] = memory.RangeOf(worker);
  std::vector<std::unique_ptr<Env>> envs;
  for (int i = begin; i < end; ++i) envs.push_back(make());
  const EnvSpec& spec = envs.front()->spec();
  if (KeyOf(spec) != memory.head().spec_key)
    throw base::Error("the worker program makes another '" + spec.name + "' than its caller: is it of the same build?");
  return {std::move(envs), begin, memory.head().auto_reset, memory.Buffers(spec)};
}

}  // namespace

void ServeEnvBlock(int worker, const std::function<std::unique_ptr<Env>()>& make) {
  base::ExitWithParent();
  // The parent decides when to stop.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
  base::ParentChannel parent;
  const BatchMemory memory(base::Process::kInherited);
  Lane& lane = memory.lane(worker);
  std::optional<EnvBlock> block;
  for (uint32_t count = 0;; ++count) {
    WaitForOrder(lane, count);
    const auto order = parent.Receive(lane.order_bytes);
    if (!order) return;
    std::vector<std::byte> answer;
    lane.outcome = Lane::Outcome::kOk;
    try {
      const WorkingTime time(lane);
      if (lane.request == Request::kMake) block.emplace(MakeBlock(memory, worker, make));
      else answer = block.value().Do(lane.request, std::as_bytes(std::span(*order)));
      lane.refused = block->refused();
    } catch (const base::Error& error) {
      lane.outcome = error.kind() == base::ErrorKind::kUsage ? Lane::Outcome::kUsageError : Lane::Outcome::kError;
      answer = AsBytes(error.what());
    } catch (const std::exception& error) {
      lane.outcome = Lane::Outcome::kError;
      answer = AsBytes(error.what());
    }
    lane.answer_bytes = answer.size();
    Answer(memory.head(), lane);
    parent.Send(AsText(answer));
  }
}

}  // namespace figment::envs
