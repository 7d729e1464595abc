// Errors of the user: a wrong value, file or request. Our own bugs are caught by base/check.h instead.
//
// An Error says what was given, what was expected and, for names, the nearest valid choice.
// It is thrown where the value is read and reported once, by the command (exit 2 for a usage error, 1 otherwise).
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace figment::base {

enum class ErrorKind {
  kFailed,  // the request was understood but could not be carried out: exit 1
  kUsage,   // the request itself is wrong: exit 2
};

class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, ErrorKind kind = ErrorKind::kFailed)
      : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

inline Error UsageError(const std::string& message) { return Error(message, ErrorKind::kUsage); }

// Ignoring case: a choice with a word that begins with `value`, else the least edits away; empty if there are none.
std::string NearestChoice(std::string_view value, std::span<const std::string> choices);

// "unknown scenario 'rol': did you mean 'roll'? Valid: dominoes, support, ..."
// Lists at most `list_at_most` choices. Returns a usage error for the caller to throw.
Error UnknownName(std::string_view what, std::string_view value, std::span<const std::string> choices,
                  int list_at_most = 30);

}  // namespace figment::base
