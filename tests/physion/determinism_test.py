"""Same seed, same SHA-256 of states, labels and frames: for 1 and 2 workers, 1 and 3 shards, killed and resumed."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

FIGMENT = os.path.abspath(sys.argv.pop(1))
COMMON = [FIGMENT, "physion", "generate", "--scenario", "collide,roll,drape", "--trials", "1", "--seed", "5",
          "--size", "32", "--quality", "draft"]
TRIALS = 3
COMPARED = ["stimulus_name", "slot", "attempt", "label", "first_contact_frame", "num_frames", "state_sha256",
            "frames_sha256", "files", "metadata"]


DEADLY_WORKER = """#!{python}
import os, signal, subprocess, sys
worker = subprocess.Popen(["{worker}", *sys.argv[1:]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
for line in iter(sys.stdin.buffer.readline, b""):
    if line == b"1\\n":
        worker.kill()
        os.kill(os.getpid(), signal.SIGKILL)
    worker.stdin.write(line)
    worker.stdin.flush()
    sys.stdout.buffer.write(worker.stdout.readline())
    sys.stdout.buffer.flush()
worker.stdin.close()
worker.wait()
"""


def generate(out, *extra, check=True):
    return subprocess.run(COMMON + ["--out", str(out), *extra], check=check, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


def lines(out):
    found = []
    for path in sorted(pathlib.Path(out).glob("manifest*.jsonl")):
        found += [json.loads(line) for line in path.read_text().splitlines()]
    return sorted(found, key=lambda line: line["slot"])


def compared(out):
    return [{key: line[key] for key in COMPARED} for line in lines(out)]


class Determinism(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        generate(cls.root / "one", "--workers", "1")
        cls.expected = compared(cls.root / "one")
        assert len(cls.expected) == TRIALS

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_two_workers(self):
        generate(self.root / "two", "--workers", "2")
        self.assertEqual(compared(self.root / "two"), self.expected)
        self.assertEqual([line["slot"] for line in
                          map(json.loads, (self.root / "two/manifest.jsonl").read_text().splitlines())],
                         list(range(TRIALS)))

    def test_three_shards(self):
        for shard in (3, 1, 2):
            generate(self.root / "shards", "--shard", f"{shard}/3")
        self.assertEqual(compared(self.root / "shards"), self.expected)
        # The per-config files are those of the run in one piece.
        for path in (self.root / "one").glob("*/*_metadata.json"):
            twin = self.root / "shards" / path.parent.name / path.name
            self.assertEqual(path.read_text(), twin.read_text())

    def test_killed_at_random_and_resumed(self):
        out = self.root / "killed"
        chance = random.Random(1)
        for _ in range(3):
            process = subprocess.Popen(COMMON + ["--out", str(out), "--workers", "2"], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0.2, 1.0))
            process.send_signal(signal.SIGKILL)
            process.wait()
        generate(out, "--workers", "2")
        self.assertEqual(compared(out), self.expected)
        self.assertEqual(list(out.glob("*/.tmp-*")), [])

    def test_terminated_run_finishes_its_trials_and_says_so(self):
        out = self.root / "terminated"
        process = subprocess.Popen(COMMON + ["--out", str(out), "--workers", "1"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        while not (out / "run.json").exists():
            time.sleep(0.02)
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(), 128 + signal.SIGTERM)
        self.assertLess(len(lines(out)), TRIALS)
        generate(out)
        self.assertEqual(compared(out), self.expected)

    def test_a_slot_whose_worker_dies_each_time_is_given_up_and_made_by_the_next_run(self):
        # The command starts the figment_worker beside it: here one that is killed by slot 1.
        folder, out = self.root / "program", self.root / "deadly"
        folder.mkdir()
        shutil.copy(FIGMENT, folder / "figment")
        worker = os.path.join(os.path.dirname(FIGMENT), "figment_worker")
        (folder / "figment_worker").write_text(DEADLY_WORKER.format(python=sys.executable, worker=worker))
        (folder / "figment_worker").chmod(0o755)
        command = ["physion", "generate", "--scenario", "collide", "--trials", "3", "--passes", "none", "--out",
                   str(out)]
        for workers in ("2", "1"):
            done = subprocess.run([folder / "figment", *command, "--workers", workers], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("slot 1 is tried again", done.stderr)
            self.assertIn("2 times (1 such trials); the other trials are done", done.stderr)
            self.assertEqual([line["slot"] for line in lines(out)], [0, 2])
        subprocess.run([FIGMENT, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertEqual([line["slot"] for line in lines(out)], [0, 1, 2])
        self.assertEqual(list(out.glob(".pending/*")), [])

    def test_truncated_file_is_made_again(self):
        out = shutil.copytree(self.root / "one", self.root / "truncated")
        path = next(out.glob("collide/*.hdf5"))
        os.truncate(path, path.stat().st_size // 2)
        done = generate(out)
        self.assertIn(b"missing or truncated", done.stderr)
        self.assertEqual(compared(out), self.expected)
        subprocess.run([FIGMENT, "physion", "verify", str(out)], check=True, stdout=subprocess.DEVNULL)

    def test_verify_makes_trials_again(self):
        out = subprocess.run([FIGMENT, "physion", "verify", str(self.root / "one"), "--regenerate", "2"],
                             stdout=subprocess.PIPE, text=True)
        self.assertEqual(out.returncode, 0, out.stdout)
        self.assertIn("2 trials made again: intact", out.stdout)

    def test_verify_finds_a_changed_byte(self):
        out = shutil.copytree(self.root / "one", self.root / "changed")
        path = next(out.glob("roll/*_img.mp4"))
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        done = subprocess.run([FIGMENT, "physion", "verify", str(out)], stdout=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn(path.name, done.stdout)


if __name__ == "__main__":
    unittest.main()
