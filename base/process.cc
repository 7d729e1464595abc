#include "base/process.h"

#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <iostream>
#include <thread>

#include "base/check.h"
#include "base/error.h"

extern char** environ;

namespace figment::base {
namespace {

std::vector<std::string> MergedEnvironment(const Process::Environment& extra) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    const bool replaced = std::any_of(extra.begin(), extra.end(),
                                      [&](const auto& added) { return text.starts_with(added.first + "="); });
    if (!replaced) merged.push_back(text);
  }
  for (const auto& [name, value] : extra) merged.push_back(name + "=" + value);
  return merged;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// How the child starts: the socket as stdin and stdout, a process group of its own, no signal blocked.
class SpawnSettings {
 public:
  SpawnSettings(int child_socket, int descriptor) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, child_socket, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, child_socket, STDOUT_FILENO);
    if (descriptor >= 0) posix_spawn_file_actions_adddup2(&actions_, descriptor, Process::kInherited);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

std::string Describe(const ExitStatus& status) {
  if (status.signal == 0) return "exited with status " + std::to_string(status.code);
  std::string text = "was killed by signal " + std::to_string(status.signal) + " (" + strsignal(status.signal) + ")";
  if (status.signal == SIGKILL) text += "; the machine may be out of memory";
  return text;
}

Process Process::Spawn(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                       const Environment& extra_environment, int descriptor) {
  // A socket pair instead of two pipes: sending to a dead worker is then an error we can catch, not SIGPIPE.
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    throw Error(std::string("cannot make a channel to a worker: ") + std::strerror(errno));

  std::vector<std::string> texts = {program.string()};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = MergedEnvironment(extra_environment);
  const SpawnSettings settings(sockets[1], descriptor);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, program.c_str(), &settings.actions_, &settings.attributes_,
                                Pointers(texts).data(), Pointers(environment).data());
  close(sockets[1]);
  if (error != 0) {
    close(sockets[0]);
    throw Error("cannot start " + program.string() + ": " + std::strerror(error));
  }
  return Process(pid, sockets[0]);
}

Process::Process(pid_t pid, int socket) : pid_(pid), owner_(getpid()), socket_(socket) {}
Process::Process(Process&& other) noexcept { *this = std::move(other); }

Process& Process::operator=(Process&& other) noexcept {
  if (this == &other) return *this;
  Release();
  pid_ = std::exchange(other.pid_, -1);
  owner_ = other.owner_;
  socket_ = std::exchange(other.socket_, -1);
  received_ = std::move(other.received_);
  end_of_file_ = other.end_of_file_;
  status_ = other.status_;
  return *this;
}

Process::~Process() { Release(); }

void Process::Release() {
  if (pid_ < 0) return;
  if (owner_ == getpid()) {
    Kill();
    Wait();
  }
  close(socket_);
}

void Process::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error("cannot send to worker " + std::to_string(pid_) + ": " + std::strerror(errno));
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

void Process::SendLine(std::string_view line) { Send(std::string(line) + "\n"); }

void Process::CloseInput() { shutdown(socket_, SHUT_WR); }

void Process::ReceiveSome() {
  char buffer[1 << 16];
  const ssize_t count = recv(socket_, buffer, sizeof(buffer), 0);
  if (count > 0) received_.append(buffer, static_cast<size_t>(count));
  // A worker that died with unread input resets the channel: that is its end as well.
  if (count == 0 || (count < 0 && errno != EINTR)) end_of_file_ = true;
}

std::optional<std::string> Process::ReceiveLine() {
  while (!HasLine()) ReceiveSome();
  const size_t newline = received_.find('\n');
  if (newline == std::string::npos) return std::nullopt;
  std::string line = received_.substr(0, newline);
  received_.erase(0, newline + 1);
  return line;
}

std::optional<std::string> Process::Receive(size_t bytes) {
  while (received_.size() < bytes && !end_of_file_) ReceiveSome();
  if (received_.size() < bytes) return std::nullopt;
  std::string taken = received_.substr(0, bytes);
  received_.erase(0, bytes);
  return taken;
}

void Process::Signal(int signal) {
  if (!status_) kill(pid_, signal);
}

void Process::Terminate() { Signal(SIGTERM); }

void Process::Kill() { Signal(SIGKILL); }

// True once its status is known. Somebody else in our process may have taken it: then it is gone, and no more is known.
bool Process::Reap(int options) {
  if (status_) return true;
  int status = 0;
  pid_t reaped = 0;
  while ((reaped = waitpid(pid_, &status, options)) < 0 && errno == EINTR) {
  }
  if (reaped == 0) return false;
  if (reaped < 0) status_ = ExitStatus{1, 0};
  else if (WIFSIGNALED(status)) status_ = ExitStatus{128 + WTERMSIG(status), WTERMSIG(status)};
  else status_ = ExitStatus{WEXITSTATUS(status), 0};
  return true;
}

ExitStatus Process::Wait() {
  Reap(0);
  return *status_;
}

std::optional<ExitStatus> Process::Poll() {
  Reap(WNOHANG);
  return status_;
}

std::vector<int> WaitForLines(std::span<Process* const> processes, double timeout_s) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::duration<double>(std::max(timeout_s, 0.0));
  for (;;) {
    std::vector<int> ready;
    std::vector<pollfd> polled;
    std::vector<Process*> waiting;
    for (size_t i = 0; i < processes.size(); ++i) {
      if (!processes[i]) continue;
      if (processes[i]->HasLine()) ready.push_back(static_cast<int>(i));
      polled.push_back({processes[i]->socket_, POLLIN, 0});
      waiting.push_back(processes[i]);
    }
    if (!ready.empty() || waiting.empty()) return ready;

    const std::chrono::duration<double, std::milli> left = deadline - Clock::now();
    const int timeout_ms = timeout_s < 0 ? -1 : static_cast<int>(std::max(left.count(), 0.0) + 0.999);
    const int count = poll(polled.data(), polled.size(), timeout_ms);
    if (count <= 0) return {};
    for (size_t i = 0; i < waiting.size(); ++i)
      if (polled[i].revents) waiting[i]->ReceiveSome();
  }
}

ParentChannel::ParentChannel() : out_(fdopen(dup(STDOUT_FILENO), "w")) {
  CHECK(out_ != nullptr);
  std::fflush(stdout);
  dup2(STDERR_FILENO, STDOUT_FILENO);
}

ParentChannel::~ParentChannel() { std::fclose(out_); }

void ParentChannel::Send(std::string_view bytes) {
  std::fwrite(bytes.data(), 1, bytes.size(), out_);
  std::fflush(out_);
}

void ParentChannel::SendLine(std::string_view line) { Send(std::string(line) + "\n"); }

std::optional<std::string> ParentChannel::Receive(size_t bytes) {
  std::string taken(bytes, '\0');
  if (!std::cin.read(taken.data(), static_cast<std::streamsize>(bytes))) return std::nullopt;
  return taken;
}

std::optional<std::string> ParentChannel::ReceiveLine() {
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

void DieWithParent() {
  const pid_t parent = getppid();
  CHECK_EQ(prctl(PR_SET_PDEATHSIG, SIGKILL), 0);
  // Died between our start and prctl.
  if (getppid() != parent) raise(SIGKILL);
}

void ExitWithParent() {
  std::thread([] {
    pollfd hung_up = {.fd = STDIN_FILENO, .events = POLLRDHUP, .revents = 0};
    while (poll(&hung_up, 1, -1) <= 0) {
    }
    _exit(1);
  }).detach();
}

}  // namespace figment::base
