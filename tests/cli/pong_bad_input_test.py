"""Wrong `figment pong` commands: each a clear message, the right exit status, and nothing written."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

FIGMENT = os.path.abspath(sys.argv.pop(1))

# What is typed after `figment pong`, the exit status, and what the message must say. OUT is a name that is free.
COMMANDS = [
    (["trails"], 2, ["'trails'", "did you mean 'trials'"]),
    (["trials"], 2, ["--out", "--selftest"]),
    (["trials", "--out", "OUT", "--batches", "OUT"], 2, ["--out", "--batches"]),
    (["trials", "--out", "OUT", "--set", "published"], 2, ["'published'", "did you mean 'published79'"]),
    (["trials", "--out", "OUT", "--index", "472225"], 2, ["472225", "0 to 472224"]),
    (["trials", "--out", "OUT", "--index", "-1"], 2, ["-1", "0 to 472224"]),
    (["trials", "--out", "OUT", "--index", "one"], 2, ["one"]),
    (["trials", "--batches", "OUT", "--set", "all"], 2, ["'all'", "valid, train"]),
    (["trials", "--batches", "OUT", "--set", "valid", "--batch", "92"], 2, ["92", "0 to 91"]),
    (["trials", "--out", "missing/OUT"], 1, ["missing"]),
    (["trials", "--out", "OUT", "--batch", "3"], 2, ["--batch", "--batches"]),
    (["trials", "--out", "OUT", "--selftest"], 2, ["--out", "--selftest"]),
    (["trials", "--batches", "OUT", "--set", "valid", "--index", "3"], 2, ["--index"]),
    (["render", "--out", "OUT", "--set", "valid", "--batch", "0", "--index", "3"], 2, ["--batch", "--index"]),
    (["render"], 2, ["--out"]),
    (["render", "--out", "OUT", "--set", "all"], 2, ["472225", "--first"]),
    (["render", "--out", "OUT", "--set", "train", "--batch", "830"], 2, ["830", "0 to 829"]),
    (["render", "--out", "OUT", "--batch", "0"], 2, ["--batch", "valid or train"]),
    (["render", "--out", "OUT", "--index", "7,7"], 2, ["7", "twice"]),
    (["render", "--out", "OUT", "--size", "8"], 2, ["size", "16"]),
    (["render", "--out", "OUT", "--rate", "0"], 2, ["rate", "from 1 to 240"]),
    (["render", "--out", "OUT", "--variant", "hidden"], 2, ["hidden", "occluded, visible, partial"]),
    (["render", "--out", "OUT", "--format", "gif"], 2, ["gif", "png, mp4, npy, hdf5"]),
    (["render", "--out", "OUT", "--ball", "red"], 2, ["red", "#80ff00"]),
    (["render", "--out", "OUT", "--size", "64", "--device", "tpu"], 2, ["tpu"]),
    (["render", "--out", "OUT", "--first", "0"], 2, ["--first", "1 to", "2147483647"]),
    (["play", "--player", "exakt"], 2, ["exakt", "did you mean 'exact'"]),
    (["play", "--out", "OUT"], 2, ["--player"]),
    (["play", "--sigma-occ", "3"], 2, ["sigma_occ", "from 0 to 2"]),
    (["play", "--trials", "0"], 2, ["--trials"]),
    (["play", "--seed", "-1"], 2, ["seed is '-1'"]),
    (["report", "missing.h5", "--out", "missing/OUT"], 1, ["no folder 'missing'"]),
    (["report", "missing.h5", "--out", "."], 1, ["is a folder"]),
    (["fit"], 2, ["--subjects"]),
    (["fit", "--subjects", "missing.csv"], 1, ["missing.csv"]),
    (["fit", "--subjects", "missing.csv", "--to", "answer"], 2, ["answer", "answers"]),
    (["preview", "--out", "OUT.png"], 2, ["--index", "--row"]),
    (["preview", "--out", "OUT.png", "--row", "79"], 2, ["79", "0 to 78"]),
    (["preview", "--out", "OUT.png", "--row", "1", "--index", "1"], 2, ["--index", "--row"]),
    (["preview", "--out", "OUT.jpg", "--row", "1"], 2, ["OUT.jpg", ".png"]),
]


def run(folder, *command):
    return subprocess.run([FIGMENT, "pong", *command], cwd=folder, capture_output=True, text=True, check=False)


class BadInput(unittest.TestCase):
    def test_wrong_commands(self):
        for command, status, parts in COMMANDS:
            with self.subTest(" ".join(command)), tempfile.TemporaryDirectory() as folder:
                done = run(folder, *command)
                self.assertEqual(done.returncode, status, done.stderr)
                for part in ["error", *parts]:
                    self.assertIn(part, done.stderr)
                self.assertEqual(done.stdout, "")
                self.assertEqual(list(pathlib.Path(folder).iterdir()), [])

    def test_nothing_is_overwritten(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "file.csv").write_text("mine")
            (folder / "clips").mkdir()
            (folder / "clips" / "file").write_text("mine")
            (folder / "sheet.png").write_text("mine")
            for command in (["trials", "--out", "file.csv", "--index", "3"],
                            ["render", "--out", "clips", "--index", "3"],
                            ["render", "--out", "file.csv", "--index", "3"],
                            ["preview", "--out", "sheet.png", "--index", "3"]):
                done = run(folder, *command)
                self.assertEqual(done.returncode, 1, command)
                self.assertIn("error: ", done.stderr)
            for path in ("file.csv", "clips/file", "sheet.png"):
                self.assertEqual((folder / path).read_text(), "mine")

    def test_right_commands(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(run(folder, "trials", "--out", "t.csv", "--set", "published79").returncode, 0)
            lines = (pathlib.Path(folder) / "t.csv").read_text().splitlines()
            self.assertEqual(len(lines), 80)
            self.assertTrue(lines[1].startswith("29337,10,1,102,1,"))
            done = run(folder, "trials", "--selftest")
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn("0 different", done.stdout)
            self.assertIn("published79", run(folder, "list").stdout)


if __name__ == "__main__":
    unittest.main()
