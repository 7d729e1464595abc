"""Whole runs that replay given scenes: released ones, and command logs that are imported."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

FIGMENT = os.path.abspath(sys.argv.pop(1))
LOGS = pathlib.Path(__file__).resolve().parent / "data/command_logs"


def figment(*command):
    return subprocess.run([FIGMENT, "physion", *map(str, command)], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)


def lines(out):
    found = []
    for path in sorted(pathlib.Path(out).glob("manifest*.jsonl")):
        found += [json.loads(line) for line in path.read_text().splitlines()]
    return sorted(found, key=lambda line: line["slot"])


class Replay(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def test_shards_status_verify_and_agreement(self):
        whole, parts = self.root / "whole", self.root / "parts"
        command = ["generate", "--config", "released", "--scenario", "drop,collide", "--trials", 3, "--passes", "none"]
        figment(*command, "--out", whole)
        for shard in ("2/2", "1/2"):
            figment(*command, "--out", parts, "--shard", shard)
        self.assertEqual(lines(whole), lines(parts))
        self.assertEqual(len(lines(whole)), 6)
        for line in lines(whole):
            self.assertEqual(line["attempt"], 0)
            self.assertIn("stand_ins", line)
        self.assertEqual(json.loads(figment("status", parts, "--json").stdout)["done"], 6)
        self.assertIn("2 trials made again: intact", figment("verify", whole, "--regenerate", 2).stdout)
        self.assertIn("drop", figment("stats", whole, "--against", parts).stdout)
        self.assertEqual(figment(*command, "--out", whole).stdout.splitlines()[-1].split(":")[1].strip(),
                         "0 made now, 6 were there")
        rows = json.loads(figment("agreement", whole, "--against", parts, "--json").stdout)["scenarios"]["rows"]
        self.assertEqual(rows[-1]["scenario"], "all")
        self.assertEqual(rows[-1]["agreement"], rows[-1]["other agreement"])

    def test_pictures(self):
        out = self.root / "out"
        figment("generate", "--config", "released", "--scenario", "drop", "--trials", 1, "--out", out, "--size", 64,
                "--quality", "draft")
        line, = lines(out)
        self.assertTrue(any(name.endswith(".hdf5") for name in line["files"]))
        self.assertIn("1 trials made again: intact", figment("verify", out, "--regenerate", 1).stdout)
        sheet = self.root / "sheet.png"
        figment("preview", "--stimulus", line["stimulus_name"], "--size", 64, "--out", sheet)
        self.assertTrue(sheet.exists())
        figment("report", out)
        page = (out / "report.html").read_text()
        self.assertIn("the released ones, replayed", page)
        self.assertIn("The scenes are given", page)
        self.assertNotIn("is replaced by the next one", page)

    def test_import_is_the_released_scene(self):
        imported, released = self.root / "imported", self.root / "released"
        figment("import", LOGS / "link", LOGS / "roll", "--out", imported, "--passes", "none")
        figment("import", LOGS / "link", LOGS / "roll", "--out", imported, "--passes", "none")  # continues it
        self.assertEqual(len(lines(imported)), 2)
        self.assertIn("intact", figment("verify", imported, "--regenerate", 1).stdout)
        figment("generate", "--config", "released", "--scenario", "link,roll", "--trials", 14, "--passes", "none",
                "--out", released)
        states = {line["stimulus_name"]: line["state_sha256"] for line in lines(released)}
        for line in lines(imported):
            self.assertEqual(line["state_sha256"], states[line["stimulus_name"]])


if __name__ == "__main__":
    unittest.main()
