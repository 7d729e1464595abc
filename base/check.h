// Checks of our own assumptions. A failed check is a bug in Figment: it prints file, line, the expression and both
// values, then aborts. A user's mistake is never a CHECK; it is a base::Error.
#pragma once

#include <sstream>
#include <string>

namespace figment::base {

[[noreturn]] void CheckFailed(const char* file, int line, const std::string& message);

template <class A, class B>
std::string DescribeComparison(const char* expression, const A& a, const B& b) {
  std::ostringstream out;
  out << expression << " (" << a << " vs " << b << ")";
  return out.str();
}

}  // namespace figment::base

// Torch's headers define macros of these names too. A unit that includes both includes torch first; ours are used.
#undef CHECK
#undef CHECK_EQ
#undef CHECK_NE
#undef CHECK_LT
#undef CHECK_LE
#undef CHECK_GT
#undef CHECK_GE

#define CHECK(condition)                                                                  \
  do {                                                                                    \
    if (!(condition)) ::figment::base::CheckFailed(__FILE__, __LINE__, #condition);       \
  } while (false)

#define FIGMENT_CHECK_OP(a, op, b)                                                        \
  do {                                                                                    \
    const auto& check_a = (a);                                                            \
    const auto& check_b = (b);                                                            \
    if (!(check_a op check_b))                                                            \
      ::figment::base::CheckFailed(__FILE__, __LINE__,                                    \
                                   ::figment::base::DescribeComparison(#a " " #op " " #b, check_a, check_b)); \
  } while (false)

#define CHECK_EQ(a, b) FIGMENT_CHECK_OP(a, ==, b)
#define CHECK_NE(a, b) FIGMENT_CHECK_OP(a, !=, b)
#define CHECK_LT(a, b) FIGMENT_CHECK_OP(a, <, b)
#define CHECK_LE(a, b) FIGMENT_CHECK_OP(a, <=, b)
#define CHECK_GT(a, b) FIGMENT_CHECK_OP(a, >, b)
#define CHECK_GE(a, b) FIGMENT_CHECK_OP(a, >=, b)
