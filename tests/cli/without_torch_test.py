"""A program of the preset core: knows no torch, and says what to do where torch is needed."""

import json
import subprocess
import sys
import unittest

FIGMENT = sys.argv.pop(1)


def run(*command):
    return subprocess.run([FIGMENT, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class WithoutTorch(unittest.TestCase):
    def test_is_not_linked_with_torch(self):
        libraries = subprocess.run(["ldd", FIGMENT], stdout=subprocess.PIPE, text=True, check=True).stdout
        self.assertIn("libmujoco", libraries)
        self.assertNotIn("torch", libraries)

    def test_doctor_says_how_to_get_it(self):
        torch = json.loads(run("doctor", "--json").stdout)["libraries"]["torch"]
        self.assertIn("not in this build", torch)
        self.assertIn("scripts/setup.sh --full", torch)

    def test_commands_that_need_it_say_so(self):
        for command in (["pong", "train", "--family", "mov", "--out", "run"], ["pong", "features", "--checkpoint", "run"]):
            done = run(*command)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("needs the full build", done.stderr)
            self.assertIn("scripts/setup.sh --full", done.stderr)


if __name__ == "__main__":
    unittest.main()
