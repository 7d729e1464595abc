"""`figment view` under a virtual display: what the window shows, and a clear message where there is none."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from PIL import Image

FIGMENT = os.path.abspath(sys.argv.pop(1))


def view(display, *arguments):
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    if display:
        environment["DISPLAY"] = display
    return subprocess.run([FIGMENT, "view", *arguments], capture_output=True, text=True, env=environment, timeout=120)


class View(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        read, write = os.pipe()
        cls.server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24"],
                                      pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as numbers:
            cls.display = ":" + numbers.readline().strip()

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait()

    def test_shows_pong(self):
        with tempfile.TemporaryDirectory() as folder:
            picture = pathlib.Path(folder, "window.png")
            # Pressed once a frame; the last q closes the window.
            done = view(self.display, "pong", "--seed", "3", "--size", "200", "--device", "cpu", "--picture",
                        str(picture), "--keys", ",".join(["-"] * 40 + ["q"]))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("arrows", done.stderr)
            shown = Image.open(picture)
            self.assertEqual(shown.size, (200, 200))
            self.assertEqual(shown.getpixel((180, 20)), (128, 128, 128))  # the occluder
            self.assertEqual(shown.getpixel((10, 10)), (0, 0, 0))
            self.assertEqual(shown.getpixel((197, 100)), (0, 160, 80))  # the paddle, where it begins
            self.assertIn((255, 255, 255), set(shown.getdata()))

    def test_pauses_and_steps(self):
        with tempfile.TemporaryDirectory() as folder:
            paused, stepped = (pathlib.Path(folder, name) for name in ("paused.png", "stepped.png"))
            common = ["drop", "--size", "64", "--device", "cpu", "--quality", "draft", "--picture"]
            for picture, keys in ((paused, ["space"] + ["-"] * 9 + ["q"]), (stepped, ["."] * 10 + ["q"])):
                done = view(self.display, *common, str(picture), "--keys", ",".join(keys))
                self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotEqual(Image.open(paused).tobytes(), Image.open(stepped).tobytes())

    def test_tells_what_is_wrong(self):
        for display, arguments, status, words in (
                (None, ["pong", "--frames", "1"], 1, ["DISPLAY", "xvfb-run"]),
                (self.display, ["pnog"], 2, ["'pnog'", "did you mean 'pong'"]),
                (self.display, [], 2, ["NAME", "--list"]),
                (self.display, ["pong", "--keys", "spaec"], 2, ["'spaec'", "did you mean 'space'"]),
                (self.display, ["pong", "--size", "9"], 2, ["size"]),
                (self.display, ["drop", "--config", "nonesuch"], 2, ["nonesuch"])):
            done = view(display, *arguments)
            self.assertEqual(done.returncode, status, (arguments, done.stderr))
            for word in words:
                self.assertIn(word, done.stderr, arguments)


if __name__ == "__main__":
    unittest.main()
