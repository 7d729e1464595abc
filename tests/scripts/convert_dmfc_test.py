#!/usr/bin/env python3
"""scripts/convert_dmfc.py on a made-up pickle in the layout of the public files: `figment pong score` reads what it
writes, and scores it like the neurons it was made from. Usage: convert_dmfc_test.py PATH_OF_FIGMENT

pandas is replaced by a stand-in with the little that is asked of it, so that the test needs no pandas."""

import json
import pickle
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

SCRIPT = Path(__file__).resolve().parent.parent.parent / "scripts" / "convert_dmfc.py"
RELIABLE = "neural_responses_reliable"
FIGMENT = sys.argv.pop(1)

PANDAS = '''
import pickle

class _Column(list):
    @property
    def iloc(self):
        return self
    def __getitem__(self, places):
        return [list.__getitem__(self, place) for place in places]

class Table:
    def __init__(self, **columns):
        self.columns = list(columns)
        self.values = columns
    def __getitem__(self, name):
        column = self.values[name]
        return _Column(column) if isinstance(column[0], str) else column

def read_pickle(path):
    with open(path, "rb") as file:
        return pickle.load(file)
'''


class ConvertDmfc(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made_in = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.made_in.cleanup)
        cls.made = Path(cls.made_in.name) / "made.npz"
        subprocess.run([FIGMENT, "pong", "synthetic", "--out", cls.made, "--units", "6"], check=True,
                       stdout=subprocess.DEVNULL)

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        (self.folder / "pandas.py").write_text(PANDAS)
        sys.path.insert(0, scratch.name)
        self.addCleanup(sys.path.remove, scratch.name)
        sys.modules.pop("pandas", None)
        from pandas import Table

        made = np.load(self.made)
        self.reliable = {half: made[f"{RELIABLE}{half}/occ"].astype(float) for half in ("", "_sh1", "_sh2")}
        masks = {name: made[f"masks/occ/{name}"] for name in ("start_end_pad0", "start_occ_pad0", "occ_end_pad0")}
        shifted = {f"{name}_roll{k}": np.roll(mask, k, 1) for name, mask in masks.items() for k in (-1, 1)}
        places = [0, 2, 3, 4, 6, 7]  # of the reliable units among all 8
        self.content = {
            "meta": Table(py_meta_index=made["condition_index"], label=["a"] * 79),
            "neural_meta": Table(data_fn=["perle_a"] * 5 + ["mahler_b"] * 5),
            "neural_idx_global": {"occ": {"neural_responses": np.arange(1, 9)}},
            "reliable_neural_idx": {"occ": np.array(places)},
            "masks": {"occ": masks | shifted},
            "behavioral_responses": {"occ": {"paddle_pos_y": np.ones((79, 100)), "names": ["a", "b"]}},
            "conds_ch_dict": {"a": 1},
        }
        for half, rates in self.reliable.items():
            everything = np.full((8, 79, 100), 0.5)
            everything[places] = rates
            everything[[1, 5]] = rates[:2]
            self.content[RELIABLE + half] = {"occ": rates}
            self.content["neural_responses" + half] = {"occ": everything}

    def convert(self, name="all_hand.pkl", *options):
        with open(self.folder / name, "wb") as file:
            pickle.dump(self.content, file)
        return subprocess.run([sys.executable, SCRIPT, self.folder / name, self.folder / "out.npz", *options],
                              env={"PYTHONPATH": str(self.folder)}, capture_output=True, text=True)

    def score(self, file, *options):
        done = subprocess.run(
            [FIGMENT, "pong", "score", "--responses", self.folder / file, "--oracle", "position", "--map", "ols",
             "--epoch", "visible", "--bootstrap", "0", "--no-other-animal", "--json", *options],
            capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_what_is_written_scores_like_what_it_was_made_from(self):
        done = self.convert()
        self.assertEqual(done.returncode, 0, done.stderr)
        found, expected = self.score("out.npz"), self.score(self.made)
        self.assertEqual(found["scores"][0], expected["scores"][0])
        self.assertEqual(found["responses"]["animals"], ["perle", "mahler"])
        # Units 1, 3, 4 | 5, 7, 8 of the table of ten, whose first five are perle's.
        self.assertEqual([(row["population"], row["units"]) for row in found["scores"]],
                         [("all", 6), ("perle", 3), ("mahler", 3)])
        names = np.load(self.folder / "out.npz").files
        self.assertFalse([name for name in names if "_roll" in name or name.endswith("names") and "behav" in name])

    def test_all_units(self):
        self.assertEqual(self.convert("all_hand.pkl", "--unfiltered").returncode, 0)
        self.assertEqual(self.score("out.npz", "--array", "neural_responses")["responses"]["units"], 8)

    def test_the_animal_may_stand_in_the_name_or_nowhere(self):
        del self.content["neural_meta"]
        self.assertEqual(self.convert("mahler_hand.pkl").returncode, 0)
        written = np.load(self.folder / "out.npz")
        self.assertEqual((written["animal"].tolist(), written["animal_names"].tobytes()), ([0] * 6, b"mahler"))
        (self.folder / "out.npz").unlink()
        self.assertIn("could not be told", self.convert().stderr)
        self.assertEqual(self.score("out.npz")["responses"]["animals"], ["unknown"])

    def test_what_cannot_be_converted_is_said(self):
        self.content = [1]
        self.assertIn("holds a list", self.convert().stderr)
        self.content = {"meta": 1}
        done = self.convert()
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no neural_responses_reliable/occ", done.stderr)
        self.assertFalse((self.folder / "out.npz").exists())


if __name__ == "__main__":
    unittest.main()
