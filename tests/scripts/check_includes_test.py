"""The include checker finds every kind of violation in a tree made to hold them, and nothing in a good one."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check_includes.py"


def run(files):
    """Lines the checker prints for a tree of {path: text}, and its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            file = Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        done = subprocess.run([sys.executable, str(SCRIPT), folder], capture_output=True, text=True, check=False)
        return done.stdout.splitlines(), done.returncode


GOOD = {
    "base/error.h": "#pragma once\n#include <string>\n",
    "envs/world.h": '#pragma once\n#include "base/error.h"\n',
    "envs/bullet_private.h": "#pragma once\n#include <btBulletDynamicsCommon.h>\n",
    "envs/bullet_world.cc": '#include "envs/bullet_private.h"\n#include "envs/world.h"\n',
    "render/renderer.cc": '#include <epoxy/gl.h>\n#include "envs/world.h"\n',
    "physion/trial.cc": '#include "envs/world.h"\n',
    "lab/lab.cc": '#include "base/error.h"\n',
    "tests/envs/world_test.cc": '#include "envs/world.h"\n#include "envs/bullet_private.h"\n',
}


class CheckIncludes(unittest.TestCase):
    def expect_violation(self, files, place, words):
        lines, status = run({**GOOD, **files})
        self.assertEqual(status, 1, lines)
        self.assertTrue(any(line.startswith(place) and words in line for line in lines), lines)
        self.assertEqual(lines[-1], "include check: 1 violations", lines)

    def test_good_tree_passes(self):
        self.assertEqual(run(GOOD), (["include check: 0 violations"], 0))

    def test_arrow_against_the_direction(self):
        self.expect_violation({"base/random.cc": '\n#include "envs/world.h"\n'}, "base/random.cc:2:",
                              "base must not include envs")

    def test_worlds_do_not_include_each_other(self):
        self.expect_violation({"pong/game.h": "", "physion/odd.cc": '#include "pong/game.h"\n'}, "physion/odd.cc:1:",
                              "physion must not include pong")

    def test_render_does_not_know_agents(self):
        self.expect_violation({"agents/agent.h": "", "render/odd.cc": '#include "agents/agent.h"\n'},
                              "render/odd.cc:1:", "render must not include agents")

    def test_include_of_no_file(self):
        self.expect_violation({"base/odd.cc": '#include "error.h"\n'}, "base/odd.cc:1:", "is no file of the tree")

    def test_bullet_outside_envs(self):
        self.expect_violation({"physion/odd.cc": "#include <btBulletDynamicsCommon.h>\n"}, "physion/odd.cc:1:",
                              "Bullet is not allowed in physion")

    def test_torch_in_base(self):
        self.expect_violation({"base/odd.cc": "#include <torch/torch.h>\n"}, "base/odd.cc:1:",
                              "torch is not allowed in base")

    def test_public_header_passes_an_engine_on(self):
        self.expect_violation({"envs/world.h": '#pragma once\n#include "envs/bullet_private.h"\n'},
                              "envs/bullet_private.h:2:", "Bullet reaches other folders through envs/world.h")

    def test_folder_called_utils(self):
        self.expect_violation({"base/utils/strings.h": ""}, "base/utils:1:", "no folder may be called")


if __name__ == "__main__":
    unittest.main()
