// Batches of environments by name, in threads and in worker processes.
#include "envs/vector_env.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "base/error.h"
#include "base/machine.h"
#include "base/random.h"
#include "lab/environments.h"

namespace figment::lab {
namespace {

namespace fs = std::filesystem;
using envs::AutoReset;
using envs::Section;

const fs::path kWorker = fs::path(FIGMENT_BINARY_DIR) / "figment_worker";

std::string ErrorOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const base::Error& error) {
    return error.what();
  }
  return "no error";
}

// Worker processes of this one that run.
std::vector<pid_t> Children() {
  std::vector<pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream stat(entry.path() / "stat");
    pid_t pid = 0, parent = 0;
    std::string name;
    char state = 0;
    if (stat >> pid >> name >> state >> parent && parent == getpid() && state != 'Z') children.push_back(pid);
  }
  return children;
}

size_t OpenDescriptors() { return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator{}); }

std::vector<std::byte> Play(const BatchConfig& config, bool asynchronous) {
  envs::VectorEnv batch = MakeVectorEnv(config);
  batch.Reset(11);
  base::Rng rng({12});
  for (int step = 0; step < 150; ++step) {
    for (int32_t& move : batch.buffers().Array<int32_t>(Section::kActions, "move"))
      move = static_cast<int32_t>(rng.Integer(0, 3));
    if (asynchronous) {
      batch.Send();
      batch.Receive();
    } else {
      batch.Step();
    }
  }
  return batch.Save();
}

TEST(Batch, SameBytesForThreadsAndProcesses) {
  for (const AutoReset auto_reset : {AutoReset::kNextStep, AutoReset::kSameStep}) {
    BatchConfig config = {.name = "pong", .n = 13, .auto_reset = auto_reset, .worker_program = kWorker};
    const std::vector<std::byte> expected = Play(config, false);
    for (const WorkerKind kind : {WorkerKind::kThreads, WorkerKind::kProcesses})
      for (const int workers : {1, 2, 3}) {
        config.kind = kind, config.workers = workers;
        EXPECT_EQ(Play(config, workers == 3), expected) << workers;
      }
  }
}

// Each thread and each process draws with a context of its own.
std::vector<std::byte> PlayWithEye(const BatchConfig& config) {
  envs::VectorEnv batch = MakeVectorEnv(config);
  batch.Reset(5);
  base::Rng rng({6});
  for (int step = 0; step < 2; ++step) {
    for (float& action : batch.buffers().Array<float>(Section::kActions, "action"))
      action = static_cast<float>(rng.Uniform(-1, 1));
    batch.Step();
  }
  return batch.Save();
}

TEST(Batch, SamePicturesForThreadsAndProcesses) {
  BatchConfig config = {.name = "rodent_open_field", .settings = {{"cameras", "egocentric"}, {"quality", "draft"}},
                        .n = 2, .worker_program = kWorker};
  const std::vector<std::byte> expected = PlayWithEye(config);
  for (const WorkerKind kind : {WorkerKind::kThreads, WorkerKind::kProcesses})
    for (const int workers : {1, 2}) {
      config.kind = kind, config.workers = workers;
      EXPECT_EQ(PlayWithEye(config), expected) << workers;
    }
}

TEST(Batch, SettingsReachTheWorkers) {
  BatchConfig config = {.name = "pong", .settings = {{"clock", "frames"}}, .n = 2, .kind = WorkerKind::kProcesses,
                        .worker_program = kWorker};
  const std::vector<std::byte> processes = Play(config, true);
  config.kind = WorkerKind::kThreads;
  EXPECT_EQ(Play(config, false), processes);
}

TEST(Batch, RestoresInProcesses) {
  BatchConfig config = {.name = "pong", .n = 5, .worker_program = kWorker};
  envs::VectorEnv threads = MakeVectorEnv(config);
  config.kind = WorkerKind::kProcesses, config.workers = 2;
  envs::VectorEnv processes = MakeVectorEnv(config);
  threads.Reset(3);
  for (int i = 0; i < 30; ++i) threads.Step();
  processes.Restore(threads.Save());
  EXPECT_EQ(processes.Save(), threads.Save());
  for (int i = 0; i < 200; ++i) threads.Step(), processes.Step();
  EXPECT_EQ(processes.Save(), threads.Save());
}

TEST(Batch, BlocksAreReceivedAsTheyFinish) {
  envs::VectorEnv batch = MakeVectorEnv(
      {.name = "null", .n = 5, .workers = 2, .kind = WorkerKind::kProcesses, .worker_program = kWorker});
  batch.Reset(0);
  batch.Send(std::vector<int>{1});
  EXPECT_EQ(batch.Receive(1), std::vector<int>{1});
  batch.Send(std::vector<int>{0});
  EXPECT_NE(ErrorOf([&] { batch.Send(std::vector<int>{0}); }).find("block 0 is being stepped"), std::string::npos);
  EXPECT_NE(ErrorOf([&] { batch.Receive(2); }).find("1 are under way"), std::string::npos);
  EXPECT_NE(ErrorOf([&] { batch.Receive(); }).find("send one first"), std::string::npos);
  EXPECT_NE(ErrorOf([&] { batch.Step(); }).find("receive it first"), std::string::npos);
  EXPECT_EQ(batch.Receive(1), std::vector<int>{0});
  EXPECT_EQ(std::vector<int64_t>(batch.buffers().episode_lengths().begin(), batch.buffers().episode_lengths().end()),
            std::vector<int64_t>(5, 1));
}

TEST(Batch, WorkersTellHowLongTheyHaveWorked) {
  for (const WorkerKind kind : {WorkerKind::kThreads, WorkerKind::kProcesses}) {
    envs::VectorEnv batch =
        MakeVectorEnv({.name = "pong", .n = 64, .workers = 2, .kind = kind, .worker_program = kWorker});
    const auto start = std::chrono::steady_clock::now();
    batch.Reset(0);
    const std::vector<double> before = batch.WorkingSeconds();
    for (int step = 0; step < 100; ++step) batch.Step();
    const std::vector<double> after = batch.WorkingSeconds();
    const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    ASSERT_EQ(after.size(), 2u);
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_GT(after[i], before[i]);
      EXPECT_LT(after[i] - before[i], elapsed);
    }
    batch.Send();
    EXPECT_NE(ErrorOf([&] { batch.WorkingSeconds(); }).find("receive it first"), std::string::npos);
    batch.Receive();
  }
}

TEST(Batch, ErrorsInAWorkerReachTheCallerWithTheirText) {
  for (const WorkerKind kind : {WorkerKind::kThreads, WorkerKind::kProcesses}) {
    envs::VectorEnv batch =
        MakeVectorEnv({.name = "pong", .n = 4, .workers = 2, .kind = kind, .worker_program = kWorker});
    const std::string reset = ErrorOf([&] { batch.Reset(0, std::vector<envs::ResetOptions>{{{"rwo", 3}}}); });
    EXPECT_EQ(reset.find("unknown reset option of pong 'rwo': did you mean 'row'?"), 0u) << reset;
    EXPECT_NE(ErrorOf([&] { batch.Step(); }).find("environment 0: its episode has ended or never begun"),
              std::string::npos);
    batch.Reset(0);
    batch.buffers().Array<int32_t>(Section::kActions, "move")[3] = 7;
    EXPECT_EQ(ErrorOf([&] { batch.Step(); }).find("environment 3: action 'move' is 7: expected 0 to 2"), 0u);
    batch.buffers().Array<int32_t>(Section::kActions, "move")[3] = 1;
    batch.Step();
  }
}

TEST(Batch, AStepAfterTheEndIsAnErrorWhereTheCallerResets) {
  envs::VectorEnv batch = MakeVectorEnv({.name = "null", .settings = {{"episode_steps", "1"}}, .n = 2,
                                         .kind = WorkerKind::kProcesses, .auto_reset = AutoReset::kDisabled,
                                         .worker_program = kWorker});
  batch.Reset(0);
  batch.Step();
  EXPECT_EQ(batch.buffers().truncated()[1], 1);
  EXPECT_NE(ErrorOf([&] { batch.Step(); }).find("environment 0: its episode has ended"), std::string::npos);
  batch.ResetMasked(std::vector<uint8_t>{1, 1});
  batch.Step();
}

TEST(Batch, AKilledWorkerIsAnErrorAndLeavesNothing) {
  const size_t descriptors = OpenDescriptors();
  {
    envs::VectorEnv batch = MakeVectorEnv({.name = "null", .settings = {{"busy_us", "5e7"}}, .n = 4, .workers = 2,
                                           .kind = WorkerKind::kProcesses, .worker_program = kWorker});
    batch.Reset(0);
    ASSERT_EQ(Children().size(), 2u);
    const pid_t victim = Children().back();
    batch.Send();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    kill(victim, SIGKILL);
    const auto start = std::chrono::steady_clock::now();
    const std::string error = ErrorOf([&] { batch.Receive(); });
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
    EXPECT_NE(error.find("worker "), std::string::npos) << error;
    EXPECT_NE(error.find("(environments "), std::string::npos) << error;
    EXPECT_NE(error.find("was killed by signal 9"), std::string::npos) << error;
    EXPECT_TRUE(Children().empty());
    EXPECT_EQ(ErrorOf([&] { batch.Step(); }).find("the batch is not usable any more: worker "), 0u);
  }
  EXPECT_EQ(OpenDescriptors(), descriptors);
}

// The worker is in the middle of a step of fifty seconds when its parent is killed.
TEST(Batch, WorkersEndWithTheirParent) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    envs::VectorEnv batch = MakeVectorEnv({.name = "null", .settings = {{"busy_us", "5e7"}}, .n = 1,
                                           .kind = WorkerKind::kProcesses, .worker_program = kWorker});
    batch.Reset(0);
    batch.Send();
    const pid_t worker = Children().at(0);
    if (write(pipe_ends[1], &worker, sizeof(worker)) != sizeof(worker)) _exit(1);
    pause();
  }
  pid_t worker = 0;
  ASSERT_EQ(read(pipe_ends[0], &worker, sizeof(worker)), static_cast<ssize_t>(sizeof(worker)));
  close(pipe_ends[0]), close(pipe_ends[1]);
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  const auto runs = [&] {
    std::ifstream stat("/proc/" + std::to_string(worker) + "/stat");
    std::string pid, name, state;
    return static_cast<bool>(stat >> pid >> name >> state) && state != "Z";
  };
  for (int i = 0; i < 500 && runs(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_FALSE(runs());
}

TEST(Batch, WrongRequestsAreErrorsBeforeAnythingIsMade) {
  const auto error = [](BatchConfig config) {
    config.worker_program = config.worker_program.empty() ? kWorker : config.worker_program;
    return ErrorOf([&] { MakeVectorEnv(config); });
  };
  EXPECT_EQ(error({.name = "pnog", .n = 1}).find("unknown environment 'pnog': did you mean 'pong'?"), 0u);
  EXPECT_EQ(error({.name = "pong", .n = 0}), "a batch of 0 pong: expected 1 or more");
  EXPECT_EQ(error({.name = "pong", .n = 1, .workers = 0}), "the number of workers is 0: expected 1 or more");
  EXPECT_EQ(error({.name = "pong", .settings = {{"clokc", "frames"}}, .n = 1}).find("environment 'pong': "), 0u);
  EXPECT_EQ(error({.name = "pong", .n = 1, .kind = WorkerKind::kProcesses, .worker_program = "/no/such/program"}),
            "cannot start /no/such/program: No such file or directory");
  const std::string other =
      error({.name = "pong", .n = 1, .kind = WorkerKind::kProcesses, .worker_program = "/bin/true"});
  EXPECT_NE(other.find("worker 0 (environments 0 to 0, process "), std::string::npos) << other;
  EXPECT_NE(other.find("exited with status 0"), std::string::npos) << other;
  // 16 million numbers each, twice: 134 MB each.
  const std::string much = error({.name = "null", .settings = {{"observation", "16000000"}}, .n = 10000});
  EXPECT_EQ(much.find("10000 environments 'null' take about 1.28e+03 GB of memory, 128 MB each: "), 0u) << much;
  EXPECT_NE(much.find(" are free, enough for "), std::string::npos) << much;
}

TEST(Batch, TenThousandSmallOnes) {
  envs::VectorEnv batch = MakeVectorEnv(
      {.name = "null", .n = 10000, .workers = 2, .kind = WorkerKind::kProcesses, .worker_program = kWorker});
  batch.Reset(0);
  batch.Step();
  EXPECT_EQ(batch.buffers().episode_lengths()[9999], 1);
}

TEST(Batch, DiagnosticsOfEpisodes) {
  for (const AutoReset auto_reset : {AutoReset::kNextStep, AutoReset::kSameStep}) {
    envs::VectorEnv batch = MakeVectorEnv({.name = "pong", .n = 8, .auto_reset = auto_reset});
    batch.Reset(2);
    std::vector<double> total(8);
    std::vector<int64_t> steps(8);
    int ended = 0;
    for (int step = 0; step < 400; ++step) {
      batch.Step();
      for (size_t i = 0; i < 8; ++i) {
        const bool began = auto_reset == AutoReset::kNextStep && batch.buffers().episode_lengths()[i] == 0;
        if (began) continue;  // in place of a step
        total[i] += batch.buffers().rewards()[i], ++steps[i];
        EXPECT_EQ(batch.buffers().episode_returns()[i], total[i]);
        EXPECT_EQ(batch.buffers().episode_lengths()[i], steps[i]);
        if (!batch.buffers().terminated()[i] && !batch.buffers().truncated()[i]) continue;
        ++ended, total[i] = 0, steps[i] = 0;
      }
    }
    EXPECT_GT(ended, 8);
  }
}

}  // namespace
}  // namespace figment::lab
