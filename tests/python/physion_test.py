"""The reader of Physion trials: physion_test.py WRITER, a program that writes two trials into a folder."""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import figment
import h5py
import numpy as np

WRITER = sys.argv.pop(1)


class Reader(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        subprocess.run([WRITER, cls.folder], check=True)
        cls.trial = figment.read_trial(cls.folder / "rigid_0007.hdf5")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_arrays_are_those_of_the_file(self):
        trial = self.trial
        frames, objects = trial.num_frames, len(trial.models)
        self.assertEqual(trial.positions.shape, (frames, objects, 3))
        self.assertEqual(trial.rotations.shape, (frames, objects, 4))
        self.assertEqual((trial.positions.dtype, trial.mass.dtype, trial.contact.dtype),
                         (np.float32, np.float64, np.bool_))
        with h5py.File(trial.path) as file:
            last = file["frames"][sorted(file["frames"])[-1]]
            np.testing.assert_array_equal(trial.positions[-1], last["objects/positions"][:])
            labels = [bool(frame["labels/target_contacting_zone"][()]) for frame in file["frames"].values()]
            self.assertEqual(trial.ids[trial.target], file["static/target_id"][()])
        self.assertEqual(trial.label, any(labels))
        self.assertEqual(trial.zone, 0)

    def test_pictures_are_decoded(self):
        trial = self.trial
        self.assertEqual(set(trial.passes), {"img", "id", "depth", "normals", "flow"})
        picture = trial.pictures("img")
        self.assertEqual((picture.dtype, picture.shape[0], picture.shape[3]), (np.uint8, trial.num_frames, 3))
        rows = trial.rows(slice(0, 1))[0]
        self.assertEqual(rows.shape, picture.shape[1:3])
        self.assertGreaterEqual(rows.min(), -1)
        self.assertLess(rows.max(), len(trial.models))
        # The formula of docs/format.md, on the stored bytes.
        with h5py.File(trial.path) as file:
            stored = file["frames"][sorted(file["frames"])[0]]["images/_depth"][:][::-1].astype(np.float64)
        expected = (stored[..., 0] + stored[..., 1] / 256 + stored[..., 2] / 65536) * 99.9 / 256
        np.testing.assert_allclose(trial.depth_m(slice(0, 1))[0], expected, rtol=1e-5, atol=1e-5)
        length = np.linalg.norm(trial.normals(slice(0, 1))[0], axis=-1)
        self.assertTrue(np.all((length == 0) | (abs(length - 1) < 0.02)))
        np.testing.assert_array_equal(trial.flow_px(slice(0, 1)), 0)  # nothing moved before the first frame

    def test_cloth_opens_too(self):
        self.assertGreater(figment.read_trial(self.folder / "cloth_0007.hdf5").num_frames, 0)

    def test_a_data_set_goes_by_its_manifest(self):
        lines = [{"slot": slot, "label": label, "files": files} for slot, label, files in [
            (1, True, {"cloth_0007.hdf5": "", "cloth_0007_map.png": ""}), (0, False, {"rigid_0007.hdf5": ""}),
            (2, None, {}), (3, True, {"only_movie_img.mp4": ""})]]
        (self.folder / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        dataset = figment.Dataset(self.folder)
        self.assertEqual(len(dataset), 2)
        self.assertEqual([trial.path.name for trial in dataset], ["rigid_0007.hdf5", "cloth_0007.hdf5"])

    def test_bad_input(self):
        with self.assertRaisesRegex(ValueError, "has no pass 'rgb': it has"):
            self.trial.pictures("rgb")
        with self.assertRaisesRegex(FileNotFoundError, "has no manifest.jsonl"):
            figment.Dataset(self.folder / "nowhere")


if __name__ == "__main__":
    unittest.main()
