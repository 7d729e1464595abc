"""Exports, read as the programs they are for read them: their rules are written out here again."""

import csv
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

import h5py
import numpy as np
from PIL import Image

FIGMENT = os.path.abspath(sys.argv.pop(1))
DRAWN = ["--size", "32", "--quality", "draft", "--passes", "img,id"]
OWN = "my.roll_and_drop"  # a config name that says other scenarios than its own, and has a dot


def run(*command, **options):
    return subprocess.run([FIGMENT, "physion", *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, **options)


def generate(out, *arguments):
    done = run("generate", "--out", out, *arguments)
    assert done.returncode == 0, done.stderr
    return out


def manifest(folder):
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]


def rewrite_manifest(folder, lines):
    (folder / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- The v1.5 reader: scenario by words in the path, frames by index, labels by file name.

WORDS = ["collision", "drop", "towers", "link", "roll", "contain", "dominoes"]
WORD_OF = dict(collide="collision", drop="drop", support="towers", link="link", roll="roll", contain="contain",
               dominoes="dominoes")


def scenarios_of(path):
    return [word for word in WORDS if word in path and (word != "collision" or "roll" not in path)]


def movie_info(path):
    """Frames a second, and frames as a decoder at constant rate gives them."""
    probe = subprocess.run(["ffprobe", "-v", "error", "-count_packets", "-show_entries",
                            "stream=r_frame_rate,avg_frame_rate,nb_read_packets", "-of", "json", str(path)],
                           check=True, stdout=subprocess.PIPE)
    stream = json.loads(probe.stdout)["streams"][0]
    assert stream["r_frame_rate"] == stream["avg_frame_rate"], stream
    return stream["r_frame_rate"], int(stream["nb_read_packets"])


def decode(path):
    out = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                         check=True, stdout=subprocess.PIPE).stdout
    return np.frombuffer(out, np.uint8).reshape(-1, 32, 32, 3)


def v15_indices(path, labels, task, frame_gap_ms, num_frames_wanted, count):
    step = -frame_gap_ms // 10
    if task == "ocp":
        start = 15 if "collision" in path and "roll" not in path else 45
        indices = np.arange(start, -1, step).clip(0, count - 1)[::-1]
    else:
        contact = labels["contact_frame_label"]
        indices = np.arange(contact + 15, contact - 31, step).clip(0, count - 1)[:-1]
    wanted = max(num_frames_wanted, 450 // frame_gap_ms + 1)
    return [int(indices[0])] * (wanted - len(indices)) + indices.tolist()


class Exports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="figment-")
        cls.root = pathlib.Path(cls.folder.name)
        assert not scenarios_of(str(cls.root)), "the temporary folder's name holds a scenario word"
        cls.data = generate(cls.root / "data", "--scenario", "collide,roll,drape", "--trials", "1", "--seed", "5",
                            "--mode", "human", *DRAWN)
        own = cls.root / "own.yaml"
        own.write_text(f"scenario: collide\nname: {OWN}\nbase: pilot_it2_collision_simple_box\n")
        cls.own = generate(cls.root / "own", "--from", own, "--trials", "2", "--seed", "6", *DRAWN)
        cls.labels_only = generate(cls.root / "labels", "--scenario", "collide,roll", "--trials", "12", "--seed", "7",
                                   "--passes", "none")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def export(self, layout, out, *arguments):
        done = run("export", "--layout", layout, "--out", self.root / out, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.root / out

    def refused(self, status, words, *arguments):
        done = run("export", *arguments)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertNotIn("check failed", done.stderr)

    # --- v1.5

    def check_v15_part(self, folder, data):
        """Every movie as the evaluator sees it, against the manifest."""
        by_name = {line["stimulus_name"]: line for line in manifest(data) if line["scenario"] != "drape"}
        paths = sorted(str(path) for path in folder.glob("*.mp4"))
        labels = json.loads((folder / "all_video_labels.json").read_text())
        self.assertEqual(len(paths), len(by_name))
        self.assertEqual(len(labels), len(by_name))
        found = {}
        for path in paths:
            stem = path.split("/")[-1].split(".")[0]
            found[stem] = path
        for name, line in by_name.items():
            stem = next(s for s in found if s.lower().endswith(name.lower().replace(".", "-") + "_img"))
            path, label = found[stem], labels[stem]
            self.assertEqual(scenarios_of(path), [WORD_OF[line["scenario"]]], path)
            self.assertEqual(label["label"], line["label"])
            first = line["first_contact_frame"]
            self.assertEqual(label["contact_frame_label"], line["num_frames"] // 2 if first is None else first)
            self.assertEqual(movie_info(path), ("100/1", line["num_frames"]))
            self.assertTrue(np.array_equal(decode(path), decode(data / line["scenario"] / f"{name}_img.mp4")))

    def test_v15(self):
        out = self.export("v1.5", "v15", "--train", self.data, "--test", self.own)
        self.check_v15_part(out / "physion_mp4s" / "train", self.data)
        self.check_v15_part(out / "physion_mp4s" / "test", self.own)
        self.assertEqual(sorted(path.name for path in (out / "physion_mp4s" / "test").glob("*.mp4")),
                         [f"collision_my-ROLL_and_DROP_000{i}_img.mp4" for i in range(2)])
        # Frame 45, or 15 of collide, is the last one seen.
        labels = json.loads((out / "physion_mp4s/train/all_video_labels.json").read_text())
        for stem, entry in labels.items():
            path = str(out / "physion_mp4s/train" / (stem + ".mp4"))
            count = movie_info(path)[1]
            last = 15 if "collision" in path and "roll" not in path else 45
            self.assertEqual(v15_indices(path, entry, "ocp", 150, 4, count),
                             [0] * (4 - (last // 15 + 1)) + list(range(0, last + 1, 15)))
            self.assertEqual(len(v15_indices(path, entry, "ocd", 150, 4, count)), 4)

    def test_v15_says_what_is_left_out(self):
        done = run("export", "--layout", "v1.5", "--train", self.data, "--out", self.root / "left")
        self.assertIn("1 trials of drape are left out", done.stdout)
        done = run("export", "--layout", "v1.5", "--train", self.data, "--out", self.root / "left", "--json")
        rows = {row["scenario"]: row for row in json.loads(done.stdout)["rows"]}
        self.assertEqual((rows["drape"]["exported"], rows["drape"]["left out"]), (0, 1))
        self.assertEqual((rows["roll"]["exported"], rows["roll"]["left out"]), (1, 0))

    def test_v15_bad_requests(self):
        self.refused(1, ["drop", "'" + str(self.root / "dropbox")], "--layout", "v1.5", "--train", self.data, "--out",
                     self.root / "dropbox")
        self.assertFalse((self.root / "dropbox").exists())
        self.refused(1, ["_img.mp4", "--movies on", "--passes"], "--layout", "v1.5", "--train", self.labels_only,
                     "--out", self.root / "none")

    # --- v1

    def read_as_vision_model(self, path):
        """25 pictures, every sixth of the first 150, and the trial's label."""
        with h5py.File(path, "r") as f:
            frames = list(f["frames"])
            label = any(bool(f["frames"][k]["labels"]["target_contacting_zone"][()]) for k in frames)
            self.assertGreaterEqual(len(frames) // 6, 25)
            pictures = [np.array(Image.open(io.BytesIO(f["frames"][k]["images"]["_img"][()])))
                        for k in frames[0:150:6]]
            return f["static"]["stimulus_name"][()].decode(), np.stack(pictures), label

    def test_v1_for_models(self):
        out = self.export("v1", "v1", "--train", self.data, "--test", self.own)
        seen = {}
        for scenario in ["Collide", "Roll", "Drape"]:
            for path in sorted((out / "physion_data/train" / scenario).glob("*.hdf5")):
                name, pictures, label = self.read_as_vision_model(path)
                self.assertEqual(name, path.stem)
                self.assertEqual(pictures.shape, (25, 32, 32, 3))
                seen[name] = label
        self.assertEqual(seen, {line["stimulus_name"]: line["label"] for line in manifest(self.data)})
        # Red targets and yellow zones (--mode test) are told from the colours people saw (--mode human) by the name.
        self.assertEqual(sorted(path.name for path in (out / "physion_data/test/Collide").iterdir()),
                         [f"{OWN}-redyellow_000{i}.hdf5" for i in range(2)])

    def test_v1_for_people(self):
        """As the scripts that upload the stimuli walk the folders of one scenario."""
        out = self.export("v1", "people", "--test", self.data)
        lines = {line["stimulus_name"]: line for line in manifest(self.data)}
        text = (out / "stimuli/test/stimulus_names_and_labels.csv").read_text()
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual({row["stim_ID"]: row["label"] for row in rows},
                         {name: str(line["label"]) for name, line in lines.items()})
        for name, line in lines.items():
            stem = out / "stimuli/test" / line["scenario"]
            for config in stem.iterdir():
                names = [f"{config.name}_{path.name}".split(".")[0] for path in config.glob("*_img.mp4")]
                trials = json.loads((config / "metadata.json").read_text())
                self.assertEqual(sorted(trial["stimulus_name"] + "_img" for trial in trials), sorted(names))
                files = {path.name for path in config.iterdir()}
                self.assertEqual(files, {"metadata.json", "trial_stats.json", "args.txt", "commandline_args.txt",
                                         "0000.hdf5", "0000_img.mp4", "0000_id.mp4", "0000_map.png"})
                self.assertEqual(json.loads((config / "trial_stats.json").read_text())["num_trials"], 1)
                self.assertEqual((config / "args.txt").read_text(),
                                 (self.data / line["scenario"] / f"{config.name}_args.txt").read_text())
            table = json.loads((out / f"stimuli/test/{line['scenario']}_experimental_stims.json").read_text())
            self.assertEqual(table["stim_ID"], {"0": name + "_img"})
            self.assertEqual(table["target_hit_zone_label"], {"0": line["label"]})
            self.assertEqual(table["hdf5_path"], {"0": f"{line['config']}/0000.hdf5"})
            for column in ["stim_url", "map_url", "hdf5_url"]:
                self.assertTrue((out / "stimuli/test" / table[column]["0"]).is_file())

    def test_v1_links_and_copies(self):
        def hdf5(out):
            return [next((out / "stimuli").rglob("collide/*/0000.hdf5")),
                    next((out / "physion_data").rglob("Collide/*_0000.hdf5"))]

        source = next(self.data.rglob("collide/*_0000.hdf5"))
        for path in hdf5(self.export("v1", "linked", "--train", self.data)):
            self.assertTrue(path.samefile(source))
        copied = hdf5(self.export("v1", "copied", "--train", self.data, "--copy"))
        self.assertFalse(copied[0].samefile(source))
        self.assertTrue(copied[0].samefile(copied[1]))  # once in each tree of the export
        self.assertEqual(copied[0].read_bytes(), source.read_bytes())

    # --- WebDataset

    def read_shards(self, out, part):
        """Groups of neighbouring members with one key, in order."""
        samples = []
        for path in sorted(out.glob(f"{part}-*.tar")):
            with tarfile.open(path) as tar:
                for member in tar:
                    self.assertEqual((member.mtime, member.uid, member.uname, member.mode), (0, 0, "", 0o644))
                    key, extension = member.name.split(".", 1)
                    if not samples or samples[-1]["key"] != key:
                        samples.append({"key": key, "shard": path.name})
                    samples[-1][extension] = tar.extractfile(member).read()
        return samples

    def test_webdataset(self):
        out = self.export("webdataset", "web", "--train", self.data, "--test", self.own)
        samples = self.read_shards(out, "train")
        lines = {line["stimulus_name"]: line for line in manifest(self.data)}
        self.assertEqual(len(samples), len({sample["key"] for sample in samples}))
        self.assertEqual({sample["key"] for sample in samples}, set(lines))
        for sample in samples:
            line, described = lines[sample["key"]], json.loads(sample["json"])
            stem = self.data / line["scenario"] / sample["key"]
            for extension, suffix in [("mp4", "_img.mp4"), ("id.mp4", "_id.mp4"), ("map.png", "_map.png"),
                                      ("hdf5", ".hdf5")]:
                self.assertEqual(sample[extension], pathlib.Path(str(stem) + suffix).read_bytes())
                name = f"{line['scenario']}/{sample['key']}{suffix}"
                self.assertEqual(described["sha256"][extension], line["files"][name])
            for key in ["label", "first_contact_frame", "scenario", "config", "seed", "trial_seed", "num_frames",
                        "state_sha256"]:
                self.assertEqual(described[key], line[key])
            with h5py.File(io.BytesIO(sample["hdf5"]), "r") as f:
                self.assertEqual(described["camera"], json.loads(f["ext/trial"][()])["camera"])
        self.assertEqual({sample["key"] for sample in self.read_shards(out, "test")},
                         {f"{OWN.replace('.', '-')}_000{i}" for i in range(2)})

    def test_webdataset_shards_and_determinism(self):
        out = self.export("webdataset", "shards", "--train", self.data, "--shard-mb", "1")
        again = self.export("webdataset", "shards2", "--train", self.data, "--shard-mb", "1")
        self.assertEqual(tree(out), tree(again))
        samples = self.read_shards(out, "train")
        self.assertEqual(len(samples), 3)
        for path in out.glob("*.tar"):
            held = [sample for sample in samples if sample["shard"] == path.name]
            self.assertTrue(path.stat().st_size <= 1_020_000 or len(held) == 1)

    def test_webdataset_without_pictures(self):
        out = self.export("webdataset", "bare", "--train", self.labels_only)
        for sample in self.read_shards(out, "train"):
            self.assertEqual(set(sample), {"key", "shard", "json"})
            self.assertEqual(len(json.loads(sample["json"])["camera"]["position"]), 3)

    # --- Which trials

    def labels_by_scenario(self):
        groups = {}
        for line in manifest(self.labels_only):
            groups.setdefault(line["scenario"], []).append(line["label"])
        return groups

    def test_balance(self):
        groups = self.labels_by_scenario()
        half = min(min(sum(labels), len(labels) - sum(labels)) for labels in groups.values())
        self.assertGreaterEqual(half, 1, groups)
        first = self.export("webdataset", "b1", "--test", self.labels_only, "--balance", str(2 * half))
        samples = [json.loads(sample["json"]) for sample in self.read_shards(first, "test")]
        for scenario in groups:
            chosen = [sample["label"] for sample in samples if sample["scenario"] == scenario]
            self.assertEqual((len(chosen), sum(chosen)), (2 * half, half))
        again = self.export("webdataset", "b2", "--test", self.labels_only, "--balance", str(2 * half), "--seed", "42")
        self.assertEqual(tree(first), tree(again))
        self.refused(1, [f"--balance {2 * half + 2}"] +
                     [f"{scenario} {sum(labels)} positive, {len(labels) - sum(labels)} negative"
                      for scenario, labels in groups.items()],
                     "--layout", "webdataset", "--test", self.labels_only, "--balance", 2 * half + 2, "--out",
                     self.root / "b3")
        self.assertFalse((self.root / "b3").exists())

    def test_trials_that_were_not_accepted_stay_out(self):
        data = shutil.copytree(self.labels_only, self.root / "rejected")
        lines = manifest(data)
        lines[3].update(accepted=False, label=None)  # a replayed scene that is not accepted keeps its label and is exported
        rewrite_manifest(data, lines)
        out = self.export("webdataset", "accepted", "--train", data)
        self.assertEqual({sample["key"] for sample in self.read_shards(out, "train")},
                         {line["stimulus_name"] for line in lines if line["accepted"]})

    def test_incomplete(self):
        data = shutil.copytree(self.labels_only, self.root / "incomplete")
        rewrite_manifest(data, manifest(data)[:-5])
        self.refused(1, ["5 of its 24 trials", "--partial", f"figment physion generate --scenario collide,roll --trials "
                         f"12 --seed 7 --passes none --out {data}"],
                     "--layout", "webdataset", "--train", data, "--out", self.root / "incomplete_out")
        self.assertFalse((self.root / "incomplete_out").exists())
        out = self.export("webdataset", "incomplete_out", "--train", data, "--partial")
        self.assertEqual(len(self.read_shards(out, "train")), 19)

    # --- The folder, and wrong requests

    def test_the_same_again_and_another_part(self):
        out = self.export("webdataset", "again", "--train", self.labels_only)
        before = tree(out)
        self.export("webdataset", "again", "--train", self.labels_only)
        self.assertEqual(tree(out), before)
        self.refused(1, ["another export", "balance"], "--layout", "webdataset", "--train", self.labels_only,
                     "--balance", 2, "--out", out)
        self.refused(1, ["another export", "webdataset"], "--layout", "v1", "--train", self.data, "--out", out)
        self.refused(1, ["another export", "trials"], "--layout", "webdataset", "--train", self.data, "--out", out)
        self.assertEqual(tree(out), before)
        self.export("webdataset", "again", "--test", self.data)
        self.assertEqual(set(tree(out)), set(before) | {"test-000000.tar"})

    def test_a_test_set_that_was_trained_on_is_noticed(self):
        done = run("export", "--layout", "webdataset", "--train", self.labels_only, "--test", self.labels_only, "--out",
                   self.root / "same")
        self.assertIn("24 trials of --test are also in --train", done.stdout)

    def test_bad_requests(self):
        out, data = self.root / "bad", self.data
        for status, words, arguments in [
                (2, ["'v1.4'", "did you mean"], ["--layout", "v1.4", "--train", data]),
                (2, ["'webdatset'", "did you mean 'webdataset'"], ["--layout", "webdatset", "--train", data]),
                (2, ["--train", "--test"], ["--layout", "v1"]),
                (2, ["--layout"], ["--train", data]),
                (2, ["--balance", "'3'", "even"], ["--layout", "v1", "--train", data, "--balance", "3"]),
                (2, ["--balance"], ["--layout", "v1", "--train", data, "--balance", "some"]),
                (2, ["--shard-mb", "webdataset"], ["--layout", "v1", "--train", data, "--shard-mb", "5"]),
                (2, ["--shard-mb", "'0'"], ["--layout", "webdataset", "--train", data, "--shard-mb", "0"]),
                (2, ["--copy", "v1"], ["--layout", "v1.5", "--train", data, "--copy"]),
                (1, ["nowhere", "no Figment data set"], ["--layout", "v1", "--train", self.root / "nowhere"]),
                (1, ["neither", "--passes"], ["--layout", "v1", "--train", self.labels_only])]:
            with self.subTest(arguments=arguments):
                self.refused(status, words, *arguments, "--out", out)
                self.assertFalse(out.exists())

    def test_folders_that_hold_something_else(self):
        out = self.root / "thesis"
        out.mkdir()
        (out / "thesis.txt").write_text("years of work")
        self.refused(1, ["not empty", "thesis.txt"], "--layout", "v1", "--train", self.data, "--out", out)
        self.refused(1, ["not empty"], "--layout", "v1", "--train", self.data, "--out", self.data)
        self.refused(1, ["file"], "--layout", "v1", "--train", self.data, "--out", out / "thesis.txt")
        self.assertEqual(tree(out), {"thesis.txt": b"years of work"})


if __name__ == "__main__":
    unittest.main()
