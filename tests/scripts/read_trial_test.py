"""examples/read_trial.py prints what the manifest says, for a trial with contact and for one of another scenario."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from PIL import Image

FIGMENT = os.path.abspath(sys.argv.pop(1))
ROOT = pathlib.Path(__file__).resolve().parents[2]


class ReadTrial(unittest.TestCase):
    def test_prints_label_depth_and_objects(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "data"
            subprocess.run([FIGMENT, "physion", "generate", "--scenario", "collide,drop", "--trials", "1",
                            "--seed", "4", "--size", "32", "--quality", "draft", "--passes", "img,depth",
                            "--movies", "off", "--out", out], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            lines = [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]
            self.assertEqual(len(lines), 2)
            for line in lines:
                trial = out / line["scenario"] / (line["stimulus_name"] + ".hdf5")
                picture = pathlib.Path(folder) / "picture.png"
                done = subprocess.run([sys.executable, ROOT / "examples" / "read_trial.py", trial, picture],
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)
                contact = "none" if line["first_contact_frame"] is None else f"frame {line['first_contact_frame']}"
                self.assertIn(f"{line['num_frames']} frames, target touches zone: {line['label']}", done.stdout)
                self.assertIn(f"first contact: {contact}\n", done.stdout)
                self.assertIn("frame 45: 32 x 32 pixels, depth ", done.stdout)
                self.assertRegex(done.stdout, r"object 1 \w+ +zone_id +\[.*\] -> \[.*\] -> \[.*\]")
                self.assertIn("target_id", done.stdout)
                with Image.open(picture) as image:
                    self.assertEqual(image.size, (64, 32))


if __name__ == "__main__":
    unittest.main()
