"""Facts of the whole tree: scripts that parse, and no line that knows the machine it was written on."""

import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Made by building, by set-up or by running; git ignores them too.
NOT_OURS = re.compile(r"^(build[^/]*|demo|\.venv|\.git)(/|$)|(^|/)__pycache__/|\.pyc$")
# Home and work folders. The group keeps this line itself from matching.
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(work|home|root|Users)/[\w.]+")


def files():
    for path in sorted(ROOT.rglob("*")):
        if path.is_file() and not path.is_symlink() and not NOT_OURS.search(path.relative_to(ROOT).as_posix()):
            yield path


class Tree(unittest.TestCase):
    def test_shell_scripts_parse(self):
        scripts = [*sorted((ROOT / "scripts").glob("*.sh")), ROOT / ".ci" / "run"]
        self.assertGreaterEqual(len(scripts), 4)
        for script in scripts:
            done = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(script.stat().st_mode & 0o100, f"{script.name} is not executable")

    def test_no_machine_paths(self):
        found = []
        for path in files():
            try:
                lines = path.read_text().splitlines()
            except UnicodeDecodeError:  # a picture or other data
                continue
            found += [f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
                      for number, line in enumerate(lines, start=1) if MACHINE_PATH.search(line)]
        self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
