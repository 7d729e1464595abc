"""Wrong commands: each a clear message, the right exit status, and nothing written."""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import unittest

FIGMENT = os.path.abspath(sys.argv.pop(1))

# What is typed after `figment physion generate --out OUT`, the exit status, and what the message must say.
GENERATE = [
    (["--scenario", "rol"], 2, ["'rol'", "did you mean 'roll'"]),
    (["--scenario", "roll", "--config", "pilot-containment-bowls"], 2, ["pilot-containment-bowl"]),
    (["--scenario", "roll", "--config", "pilot-containment-bowl"], 2, ["belongs to scenario contain"]),
    (["--scenario", "roll", "--config", "relesed"], 2, ["did you mean 'released'"]),
    (["--scenario", "roll", "--config", "imported"], 2, ["figment physion import"]),
    (["--scenario", "roll", "--config", "released", "--mode", "train"], 2, ["--mode", "human"]),
    (["--scenario", "roll", "--config", "released", "--set", "fscale=1"], 2, ["fscale", "replays"]),
    (["--scenario", "drape", "--config", "released", "--engine", "mujoco"], 2, ["cloth"]),
    (["--scenario", "roll", "--passes", "img,dept"], 2, ["dept", "depth"]),
    (["--scenario", "roll", "--trails", "3"], 2, ["--trails", "--trials"]),
    (["--scenario", "roll", "--set", "patch_friction=1"], 2, ["patch_friction_factor"]),
    (["--scenario", "roll", "--set", "fscale"], 2, ["key=value"]),
    (["--scenario", "roll", "--set", "fscale=[1,"], 2, ["fscale"]),
    (["--scenario", "roll", "--size", "0"], 2, ["size", "16"]),
    (["--scenario", "roll", "--size", "1"], 2, ["size", "16"]),
    (["--scenario", "roll", "--size", "20000"], 2, ["size", "4096"]),
    (["--scenario", "roll", "--size", "big"], 2, ["size", "big"]),
    (["--scenario", "roll", "--trials", "0"], 2, ["trials", "0"]),
    (["--scenario", "roll", "--trials", "-1"], 2, ["trials", "-1"]),
    (["--scenario", "roll", "--shard", "3/2"], 2, ["shard", "3/2"]),
    (["--scenario", "roll", "--shard", "0/0"], 2, ["shard", "0/0"]),
    (["--scenario", "roll", "--shard", "half"], 2, ["shard", "half"]),
    (["--scenario", "roll", "--workers", "0"], 2, ["workers"]),
    (["--scenario", "roll", "--engine", "physx"], 2, ["bullet"]),
    (["--scenario", "drape", "--engine", "mujoco"], 2, ["cloth", "bullet"]),
    (["--scenario", "roll", "--quality", "best"], 2, ["best", "standard"]),
    (["--scenario", "roll", "--device", "gpu:0"], 1, ["gpu:0"]),
    (["--scenario", "roll", "--device", "tpu"], 2, ["tpu"]),
    (["--scenario", "roll", "--from", "missing.yaml"], 1, ["missing.yaml"]),
    ([], 2, ["--scenario"]),
]

YAML = [
    ("scenario: roll\narguments:\n\tfscale: 1\n", ["tab"]),
    ("scenario: roll\narguments:\n  fscal: 1\n", ["fscal", "fscale"]),
    ("scenario: roll\nargumentz:\n  fscale: 1\n", ["argumentz", "arguments"]),
    ("scenario: rol\n", ["rol", "roll"]),
    ("scenario: [roll\n", [":"]),
    ("scenario: roll\narguments:\n  camera_distance: far\n", ["camera_distance", "far"]),
]


def run(*command, **options):
    return subprocess.run([FIGMENT, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          **options)


class BadInput(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def check(self, done, status, words):
        self.assertEqual(done.returncode, status, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertNotIn("check failed", done.stderr)

    def test_generate(self):
        for arguments, status, words in GENERATE:
            with self.subTest(arguments=arguments):
                out = self.root / "out"
                done = run("physion", "generate", "--out", out, *arguments, cwd=self.root)
                self.check(done, status, words)
                self.assertFalse(out.exists())

    def test_yaml(self):
        for text, words in YAML:
            with self.subTest(text=text):
                path = self.root / "own.yaml"
                path.write_text(text)
                done = run("physion", "generate", "--scenario", "roll", "--from", path, "--out", self.root / "out")
                self.check(done, 2, words)
                self.assertIn("own.yaml", done.stderr)
                self.assertFalse((self.root / "out").exists())

    def test_folder_of_another_run(self):
        out = self.root / "out"
        small = ["physion", "generate", "--scenario", "collide", "--trials", "1", "--passes", "none", "--out", out]
        self.assertEqual(run(*small).returncode, 0)
        before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        self.check(run(*small, "--seed", "9"), 1, ["another run", "seed"])
        self.assertEqual(before, {path: path.read_bytes() for path in out.rglob("*") if path.is_file()})

    def test_folder_with_other_files(self):
        (self.root / "thesis.txt").write_text("years of work")
        done = run("physion", "generate", "--scenario", "collide", "--trials", "1", "--out", self.root)
        self.check(done, 1, ["not empty", "thesis.txt"])
        self.assertEqual((self.root / "thesis.txt").read_text(), "years of work")

    def test_out_is_a_file(self):
        path = self.root / "file"
        path.write_text("x")
        self.check(run("physion", "generate", "--scenario", "collide", "--trials", "1", "--out", path), 1, ["file"])
        self.assertEqual(path.read_text(), "x")

    def test_out_is_not_writable(self):
        done = run("physion", "generate", "--scenario", "collide", "--trials", "1", "--out", "/proc/figment")
        self.check(done, 1, ["/proc/figment"])

    def test_disk_full_in_mid_run_loses_nothing(self):
        out = self.root / "out"
        command = ["physion", "generate", "--scenario", "collide", "--trials", "2", "--size", "64", "--quality",
                   "draft", "--out", out]
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        done = run(*command, preexec_fn=limit)
        self.check(done, 1, ["out/collide/"])
        self.assertEqual([path for path in out.rglob("*.hdf5")], [])
        self.assertEqual(run(*command).returncode, 0)
        self.assertEqual(run("physion", "verify", out).returncode, 0)

    def test_preview(self):
        out = self.root / "sheet.png"
        self.check(run("physion", "preview", "--scenario", "domino", "--seed", "1", "--out", out), 2, ["dominoes"])
        self.check(run("physion", "preview", "--scenario", "roll", "--seed", "x", "--out", out), 2, ["seed"])
        self.check(run("physion", "preview", "--scenario", "roll", "--config", "pilot", "--out", out), 2, ["pilot"])
        self.check(run("physion", "preview", "--scenario", "roll", "--out", "/proc/x.png"), 1, ["/proc/", "x.png"])
        self.assertFalse(out.exists())

    def test_released(self):
        out = self.root / "sheet.png"
        self.check(run("physion", "preview", "--out", out), 2, ["--scenario", "--stimulus"])
        self.check(run("physion", "preview", "--stimulus", "test10_000", "--out", out), 2, ["test10_0000"])
        of_drape = ["--stimulus", "test10_0000", "--scenario", "roll"]
        self.check(run("physion", "preview", *of_drape, "--out", out), 2, ["drape"])
        self.assertFalse(out.exists())
        self.check(run("physion", "agreement", self.root), 1, ["no Figment data set"])
        self.check(run("physion", "agreement", self.root, "--marginal", "-1"), 2, ["marginal"])
        self.check(run("physion", "import", self.root, "--out", self.root / "out"), 1, ["tdw_commands.json"])
        self.check(run("physion", "import", self.root / "none", "--out", self.root / "out"), 1, ["none"])
        logs = pathlib.Path(__file__).parents[1] / "physion/data/command_logs"
        self.check(run("physion", "import", logs), 2, ["--out"])
        self.check(run("physion", "import", logs, "--sed", "1"), 2, ["--sed", "figment physion import --help"])
        self.check(run("physion", "import", logs, "--engine", "mujoco", "--out", self.root / "out"), 2, ["cloth"])
        self.assertFalse((self.root / "out").exists())

    def test_objects_without_mass_or_size(self):
        for argument, word in [("pmass=0", "mass of the probe"), ("pscale=0", "scale of the probe")]:
            done = run("physion", "generate", "--scenario", "collide", "--trials", "1", "--passes", "none", "--set",
                       argument, "--out", self.root / "out")
            self.check(done, 2, [word, "above 0"])
            self.assertFalse((self.root / "out").exists())

    def test_another_run_in_the_folder_is_named_by_what_differs(self):
        out = self.root / "out"
        generate = ["physion", "generate", "--scenario", "collide", "--trials", "1", "--passes", "none", "--out", out]
        self.assertEqual(run(*generate, "--set", "pscale=0.4").returncode, 0)
        self.check(run(*generate, "--set", "pscale=0.5"), 1, ["another run", 'pscale is "0.4" there and "0.5" here'])
        self.check(run(*generate), 1, ['pscale is "0.4" there and'])
        self.check(run(*generate, "--set", "pscale=0.4", "--seed", "1"), 1, ["seed is 0 there and 1 here"])

    def test_models(self):
        models = self.root / "models"
        models.mkdir()
        generate = ["physion", "generate", "--scenario", "collide", "--trials", "1", "--passes", "none",
                    "--out", self.root / "out", "--models", models]
        self.check(run("physion", "models", self.root / "nowhere"), 1, ["nowhere", "not there"])
        self.check(run(*generate), 1, ["holds no model"])
        tetrahedron = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n"
        (models / "wedge.obj").write_text(tetrahedron.replace("v 0 0 1", "v 0 0 nan"))
        self.check(run(*generate), 1, ["wedge.obj", "line 4", "finite"])
        (models / "wedge.obj").write_text("mtllib ../secret.mtl\n" + tetrahedron)
        self.check(run("physion", "models", models), 1, ["wedge.obj", "../secret.mtl", "outside"])
        (models / "wedge.obj").write_text(tetrahedron)
        self.check(run(*generate, "--set", "target=wedge"), 2, ["wedge", "--make-parts"])
        self.check(run(*generate, "--set", "target=wege"), 2, ["wege", "did you mean 'wedge'"])
        self.assertFalse((self.root / "out").exists())

        self.assertEqual(run("physion", "models", models, "--make-parts").returncode, 0)
        generate += ["--set", "target=wedge"]
        done = run(*generate)
        self.check(done, 0, ["licence", "wedge"])
        self.assertIn('"licence":"not stated"', (self.root / "out" / "manifest.jsonl").read_text())
        self.assertEqual(run("physion", "verify", self.root / "out", "--regenerate", "1").returncode, 0)
        (models / "wedge.obj").write_text(tetrahedron + "# changed\n")
        self.check(run(*generate), 1, ["wedge.obj has changed"])
        self.check(run("physion", "verify", self.root / "out", "--regenerate", "1"), 1, ["wedge.obj has changed"])

    def test_other_commands(self):
        self.check(run("physion", "status", self.root), 1, ["no Figment data set"])
        self.check(run("physion", "stats", self.root / "nowhere"), 1, ["no Figment data set"])
        self.check(run("physion", "verify", self.root), 1, ["no Figment data set"])
        self.check(run("physion", "config", "test1"), 2, ["test10"])
        self.check(run("physion", "generat"), 2, ["generate"])
        self.check(run("phision"), 2, ["physion"])
        self.check(run("bench", "rendr"), 2, ["render"])
        self.check(run(), 2, ["subcommand"])

    def test_pictures_windows_and_films(self):
        model, out = self.root / "ball.xml", self.root / "ball.png"
        model.write_text('<mujoco><worldbody><geom size="1"/></worldbody></mujoco>')
        self.check(run("render", model, "--out", out, "--hide", "99"), 2, ["--hide 99", "0 to 31"])
        self.check(run("render", model, "--out", out, "--steps=-1"), 2, ["--steps -1", "0 or more"])
        self.assertFalse(out.exists())
        self.check(run("rodent", "rollout", "--video", self.root / "run.avi"), 2, ["run.avi", ".mp4"])
        self.check(run("view", "pong", "--picture", self.root / "pong.gif"), 2, ["pong.gif", ".png"])
        self.check(run("view", "pong", "--config", "test10"), 2, ["test10", "'pong' is no Physion scenario"])
        self.check(run("rodent", "rollout", "--observations", "all,unplugged"), 2, ["'all' stands alone"])


if __name__ == "__main__":
    unittest.main()
