// Worker processes that speak lines: the parent sends a line to the worker's stdin and receives lines from its stdout;
// stderr is shared.
//
// A worker is spawned, never forked, so it may be started after threads, GL or anything else is up. Nothing but stdin,
// stdout, stderr and at most one more descriptor reaches it from us: every one we open is close-on-exec. It is put in a
// process group of its own, so that Ctrl-C in a terminal reaches the parent only, which then stops its workers in order.
// The worker's main calls DieWithParent or ExitWithParent first, so that no worker outlives a killed parent.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace figment::base {

struct ExitStatus {
  int code = 0;    // exit status, or 128 + signal
  int signal = 0;  // 0 if it was not killed
  bool ok() const { return code == 0; }
};

// "exited with status 3", "was killed by signal 9 (Killed); the machine may be out of memory".
std::string Describe(const ExitStatus& status);

class Process {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;

  // Starts `program` (a path; not looked up in PATH) with the arguments after its name. `extra_environment` is added to
  // ours and wins over it. `descriptor`, if not negative, is the worker's kInherited. Throws Error if it cannot be
  // started.
  static Process Spawn(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                       const Environment& extra_environment = {}, int descriptor = -1);
  static constexpr int kInherited = 3;

  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();  // kills and waits if it still runs; in a fork of its owner it leaves it alone

  // Throws Error if the worker is gone. Blocks while the worker does not read and its buffer is full.
  void Send(std::string_view bytes);
  void SendLine(std::string_view line);  // adds the newline
  void CloseInput();  // the worker reads end of file

  // The next line without its newline; nullopt once the worker has closed its stdout (a last line without a newline is
  // dropped: its writer died in the middle). Blocks until there is one.
  std::optional<std::string> ReceiveLine();
  // Exactly so many bytes; nullopt once the worker has closed its stdout.
  std::optional<std::string> Receive(size_t bytes);

  void Terminate();  // SIGTERM
  void Kill();       // SIGKILL
  ExitStatus Wait();
  std::optional<ExitStatus> Poll();  // nullopt while it runs

  pid_t pid() const { return pid_; }

 private:
  friend std::vector<int> WaitForLines(std::span<Process* const> processes, double timeout_s);
  Process(pid_t pid, int socket);
  bool HasLine() const { return end_of_file_ || received_.find('\n') != std::string::npos; }
  void ReceiveSome();
  void Signal(int signal);
  bool Reap(int options);
  void Release();

  pid_t pid_ = -1;
  pid_t owner_ = -1;
  int socket_ = -1;  // both directions
  std::string received_;
  bool end_of_file_ = false;
  std::optional<ExitStatus> status_;
};

// Waits until ReceiveLine of at least one process would not block and returns the indices of all such processes, in
// order; empty after `timeout_s` (negative: no limit) or when a signal arrived. Null pointers are passed over.
std::vector<int> WaitForLines(std::span<Process* const> processes, double timeout_s);

// In a worker: the other end. Whatever else is printed to stdout from its making on goes to stderr.
class ParentChannel {
 public:
  ParentChannel();
  ~ParentChannel();
  ParentChannel(const ParentChannel&) = delete;
  ParentChannel& operator=(const ParentChannel&) = delete;

  void Send(std::string_view bytes);  // a parent that is gone is not noticed here
  void SendLine(std::string_view line);
  // nullopt: the parent has closed it or is gone.
  std::optional<std::string> Receive(size_t bytes);
  std::optional<std::string> ReceiveLine();

 private:
  std::FILE* out_;
};

// In a worker: SIGKILL comes when the parent dies (strictly: the thread of the parent that spawned the worker). A
// parent that died before this call shows as end of file on stdin.
void DieWithParent();

// In a worker: ends it, from a thread of its own, when the parent has closed its end of the channel or is dead. Unlike
// DieWithParent it lets the thread that spawned the worker end before its process.
void ExitWithParent();

}  // namespace figment::base
