#include "lab/python_program.h"

#include <gtest/gtest.h>

#include "files/atomic.h"
#include "tests/files/scratch.h"

namespace figment::lab {
namespace {

// A shell in place of Python: it reads and answers lines in the same way.
class Script : public testing::Test {
 protected:
  PythonProgram Run(const std::string& script) {
    files::WriteFileAtomically(path_, script);
    return PythonProgram("/bin/sh", path_, {{"fit", "none"}});
  }
  files::ScratchFolder folder_;
  std::filesystem::path path_ = folder_ / "script.sh";
};

TEST_F(Script, AnswersLineByLine) {
  PythonProgram program = Run("read first; echo '{\"version\": \"1.2\"}'; while read line; do echo \"$line\"; done\n");
  ASSERT_TRUE(program.present());
  EXPECT_EQ(program.version(), "1.2");
  EXPECT_EQ(program.Ask({{"steps", 3}}).at("steps"), 3);
  EXPECT_EQ(program.Ask({{"steps", 4}}).at("steps"), 4);
}

TEST_F(Script, IsAbsentWithoutWhatItNeeds) {
  EXPECT_FALSE(Run("read first; echo '{\"error\": \"not installed\"}'\n").present());
  EXPECT_FALSE(Run("read first; exit 1\n").present());
  EXPECT_FALSE(Run("read first; echo no JSON\n").present());
  EXPECT_FALSE(PythonProgram("/nowhere/python", path_, {}).present());
  EXPECT_FALSE(PythonProgram("/bin/sh", folder_ / "absent.py", {}).present());
}

TEST_F(Script, EndingWithoutAnAnswerIsAnError) {
  PythonProgram program = Run("read first; echo '{\"version\": \"1\"}'; read second; exit 3\n");
  files::ExpectError("script.sh ended", [&] { program.Ask({{"steps", 3}}); });
}

}  // namespace
}  // namespace figment::lab
