"""`figment physion report`: the page in a browser (headless Chromium), and what is said about unusual data sets.

  report_test.py FIGMENT
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

FIGMENT = os.path.abspath(sys.argv.pop(1))
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]


def find_browser():
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    sys.exit("report_test: no browser found (" + ", ".join(BROWSERS) + "). figment needs none, this test does: "
             "run scripts/setup.sh, or apt-get install chromium")


BROWSER = find_browser()


class Browser:
    """A headless browser, driven by the DevTools protocol over a pipe: JSON messages that end in a zero byte."""

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()
        # The protocol's pipes are descriptors 3 and 4 by definition.
        script = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
        self.process = subprocess.Popen(
            ["bash", "-c", script, "bash", BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", f"--user-data-dir={self.profile.name}",
             "--remote-debugging-pipe", "about:blank"],
            pass_fds=[to_browser, from_browser], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer, self.last_id, self.events, self.session = b"", 0, [], None

    def close(self):
        os.close(self.output)
        self.process.terminate()
        self.process.wait()
        os.close(self.input)
        self.profile.cleanup()

    def receive(self):
        while b"\0" not in self.buffer:
            chunk = os.read(self.input, 1 << 16)
            if not chunk:
                raise RuntimeError(f"{BROWSER} ended with status {self.process.wait()}")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.last_id:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())

    def open(self, path, width, height):
        """A new tab with the page, loaded; the events of its loading are in `events`."""
        self.session, self.events = None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Page.navigate", url=path.as_uri())
        self.wait_for("Page.loadEventFired")

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def complaints(self):
        """Errors, console messages, and requests for anything but the page itself and what is in it."""
        found = []
        for event in self.events:
            params = event.get("params", {})
            if event["method"] in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
                found.append(json.dumps(params))
            if event["method"] == "Network.requestWillBeSent":
                url = params["request"]["url"]
                if not url.startswith("data:") and not url.endswith("/report.html"):
                    found.append(f"request: {url}")
        return found


# What a reader of the page sees, as data.
PAGE = """(async () => {
  const images = [...document.images];
  await Promise.all(images.map(image => image.decode()));
  const box = element => { const r = element.getBoundingClientRect(); return [r.width, r.height]; };
  return {
    title: document.title,
    text: document.body.innerText,
    headings: [...document.querySelectorAll('h2')].map(h => h.innerText),
    images: images.map(image => ({
      natural: [image.naturalWidth, image.naturalHeight],
      frames: Number(getComputedStyle(image).getPropertyValue('--n')),
      animation: getComputedStyle(image).animationName,
      timing: getComputedStyle(image).animationTimingFunction,
      seconds: getComputedStyle(image).animationDuration,
      window: box(image.parentElement),
      caption: image.closest('figure').innerText})),
    plots: [...document.querySelectorAll('svg')].map(svg => ({
      size: box(svg), bars: svg.querySelectorAll('rect').length, text: svg.textContent})),
    tables: [...document.querySelectorAll('table')].map(table =>
      [...table.rows].map(row => [...row.cells].map(cell => cell.textContent))),
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth};
})()"""


def run(*arguments, check=True):
    return subprocess.run([FIGMENT, "physion", *map(str, arguments)], check=check, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)


def manifest(folder):
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]


def write_manifest(folder, lines):
    (folder / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def table_with(page, *columns):
    """The first table that has these columns, as a list of dictionaries."""
    for header, *rows in page["tables"]:
        if all(column in header for column in columns):
            return [dict(zip(header, row)) for row in rows]
    raise AssertionError(f"no table with the columns {columns}")


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.scratch.name)
        cls.drawn, cls.labels = cls.root / "drawn", cls.root / "labels"
        run("generate", "--scenario", "collide,drop", "--trials", 5, "--seed", 3, "--passes", "img", "--hdf5", "off",
            "--size", 64, "--quality", "draft", "--out", cls.drawn)
        run("generate", "--scenario", "collide", "--trials", 60, "--seed", 4, "--passes", "none", "--out", cls.labels)
        cls.browser = Browser()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.scratch.cleanup()

    def page(self, folder, width=1280, height=800):
        self.browser.open(folder / "report.html", width, height)
        page = self.browser.evaluate(PAGE)
        self.assertEqual(self.browser.complaints(), [])
        return page

    def copy(self, folder, name):
        shutil.copytree(folder, self.root / name, ignore=shutil.ignore_patterns("report.html"))
        return self.root / name

    def test_page_with_pictures(self):
        run("report", self.drawn, "--thumbnails", 4)
        lines = manifest(self.drawn)
        self.assertEqual(len(lines), 10)
        page = self.page(self.drawn)
        self.assertEqual(page["title"], "Physion data set: 10 trials of 2 scenarios, seed 3")
        self.assertEqual(page["headings"],
                         ["What it is", "Outcomes", "Contact times", "Trials to watch", "Bias audit"])
        for plot in page["plots"]:
            self.assertGreater(min(plot["size"]), 50)
            self.assertGreater(plot["bars"], 0)
        self.assertEqual(len(page["plots"]), 4)  # rates, two scenarios' contacts, audit

        by_name = {line["stimulus_name"]: line for line in lines}
        self.assertEqual(len(page["images"]), 8)
        for image in page["images"]:
            self.assertEqual(image["frames"], 20)
            self.assertEqual(image["natural"], [20 * 64, 64])
            self.assertEqual(image["animation"], "film")
            self.assertEqual(image["timing"], "steps(20)")
            width, height = image["window"]
            self.assertAlmostEqual(width, height, delta=1)
            self.assertGreater(width, 100)
            tag, *_, name = image["caption"].split("\n")
            line = by_name.pop(name.strip())  # each trial at most once
            self.assertEqual(float(image["seconds"][:-1]), line["num_frames"] / 100)
            expected = f"contact at {line['first_contact_frame']} of" if line["label"] else "no contact in"
            self.assertEqual(tag, f"{expected} {line['num_frames']}")
        # Positive and negative trials in equal numbers where there are enough of both.
        shown = [line for line in lines if line["stimulus_name"] not in by_name]
        for scenario in ("collide", "drop"):
            positives = sum(line["label"] for line in lines if line["scenario"] == scenario)
            self.assertEqual(sum(line["label"] for line in shown if line["scenario"] == scenario),
                             max(min(2, positives), 4 - (5 - positives)))

    def test_films_show_the_trial(self):
        """The strip's first and last pictures are those of the movie's first and last frame."""
        run("report", self.drawn, "--thumbnails", 1)
        page = self.page(self.drawn)
        name = page["images"][0]["caption"].split("\n")[-1].strip()
        strip = self.browser.evaluate("""(() => {
          const image = document.images[0], canvas = document.createElement('canvas');
          canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
          const context = canvas.getContext('2d');
          context.drawImage(image, 0, 0);
          return [...context.getImageData(0, 0, canvas.width, canvas.height).data];
        })()""")
        scenario = next(line for line in manifest(self.drawn) if line["stimulus_name"] == name)["scenario"]
        movie = subprocess.run(["ffmpeg", "-v", "error", "-i", self.drawn / scenario / f"{name}_img.mp4", "-f",
                                "rawvideo", "-pix_fmt", "rgb24", "-"], check=True, stdout=subprocess.PIPE).stdout
        size, frames = 64, 20
        frame_bytes = size * size * 3
        for strip_frame, movie_frame in ((0, movie[:frame_bytes]), (frames - 1, movie[-frame_bytes:])):
            difference = 0
            for y in range(size):
                for x in range(size):
                    at = 4 * (y * size * frames + strip_frame * size + x)
                    difference += sum(abs(strip[at + c] - movie_frame[3 * (y * size + x) + c]) for c in range(3))
            self.assertLess(difference / frame_bytes, 8)  # of 255: JPEG of quality 75 on a small picture

    def test_tables_have_the_manifests_numbers(self):
        run("report", self.labels)
        lines = manifest(self.labels)
        page = self.page(self.labels)
        outcomes = table_with(page, "positive", "frame cap")
        positives = [line for line in lines if line["label"]]
        self.assertEqual(outcomes[0]["scenario"], "collide")
        self.assertEqual(outcomes[0]["trials"], "60")
        self.assertEqual(outcomes[0]["positive"], f"{len(positives) / 60:.2f}")
        capped = sum(line["ended_by"] == "cap" for line in lines)
        self.assertEqual(outcomes[0]["frame cap"], f"{capped / 60:.2f}")
        self.assertEqual([outcomes[1][key] for key in ("", "trials", "positive", "frame cap")],
                         ["released", "240", "0.55", "0.87"])
        contacts = table_with(page, "by frame 45", "from frame 150")
        early = sum(line["first_contact_frame"] <= 45 for line in positives) / len(positives)
        self.assertEqual(contacts[0]["by frame 45"], f"{early:.2f}")
        self.assertEqual(contacts[1]["50%"], "56")
        audit = table_with(page, "majority", "kappa")[0]
        self.assertEqual(audit["trials"], "60")
        self.assertEqual(audit["majority"], f"{max(len(positives), 60 - len(positives)) / 60:.2f}")
        self.assertRegex(audit["AUC, first frame"], r"^0\.\d\d \[0\.\d\d, [01]\.\d\d\]$")
        rates = {row["configuration"]: row for row in table_with(page, "configuration", "released trials")}
        config = lines[0]["config"]
        own = [line["label"] for line in lines if line["config"] == config]
        self.assertEqual(rates[config]["positive"], f"{sum(own) / len(own):.2f}")

    def test_without_pictures_it_says_so(self):
        run("report", self.labels)
        page = self.page(self.labels)
        self.assertEqual(page["images"], [])
        self.assertIn("holds no colour pictures: it was made with --passes none", page["text"])

    def test_fits_a_phone(self):
        run("report", self.drawn)
        page = self.page(self.drawn, 390, 800)
        self.assertEqual(page["overflow"], 0)
        self.assertTrue(all(plot["size"][0] > 250 for plot in page["plots"]))

    def test_same_data_same_bytes_wherever_it_lies(self):
        elsewhere = self.copy(self.drawn, "elsewhere")
        run("report", self.drawn)
        run("report", elsewhere, "--out", self.root / "page.html")
        self.assertEqual((self.drawn / "report.html").read_bytes(), (self.root / "page.html").read_bytes())
        before = (self.root / "page.html").stat().st_size
        summary = json.loads(run("report", elsewhere, "--json").stdout)
        self.assertEqual({key: summary[key] for key in ("bytes", "planned", "trials", "accepted", "thumbnails", "notes")},
                         {"bytes": before, "planned": 10, "trials": 10, "accepted": 10, "thumbnails": 10, "notes": []})
        # The data set stays what it was.
        self.assertIn("intact", run("verify", elsewhere).stdout)

    def test_pictures_from_hdf5(self):
        folder = self.root / "hdf5"
        run("generate", "--scenario", "drop", "--trials", 1, "--passes", "img", "--movies", "off", "--size", 32,
            "--quality", "draft", "--img-format", "png", "--out", folder)
        self.assertEqual(list(folder.glob("drop/*.mp4")), [])
        run("report", folder)
        self.assertEqual([image["natural"] for image in self.page(folder)["images"]], [[20 * 32, 32]])

    def test_incomplete(self):
        folder = self.copy(self.drawn, "incomplete")
        lines = manifest(folder)
        write_manifest(folder, lines[:7])
        movie = next(folder.glob(f"collide/{lines[0]['stimulus_name']}_img.mp4"))
        movie.write_bytes(movie.read_bytes()[:2000])
        done = run("report", folder)
        for text in (done.stdout, self.page(folder)["text"]):
            self.assertIn("incomplete: 3 trials of 10 planned are missing: " +
                          ", ".join(line["stimulus_name"] for line in lines[7:]), text)
            self.assertIn("the files of 1 trial are missing or cut short", text)
            self.assertIn(f"no pictures of {lines[0]['stimulus_name']}: its file cannot be read", text)
        self.assertEqual(len(self.page(folder)["images"]), 6)

    def test_rejected_and_never_accepted(self):
        folder = self.copy(self.labels, "rejected")
        lines = manifest(folder)
        lines[0]["rejected"] = [{"attempt": 0, "reason": "growing penetration of 0.012 m at frame 3 by middle cube"},
                                {"attempt": 1, "reason": "growing penetration of 0.1 m at frame 40 by probe cone"},
                                {"attempt": 2, "reason": "start overlap of 0.2 m"}]
        lines[1] |= {"accepted": False, "label": None, "first_contact_frame": None,
                     "reject_reason": "tunnelled through the floor at frame 9: target cube",
                     "rejected": [{"attempt": i, "reason": f"tunnelled through the floor at frame {i}: target cube"}
                                  for i in range(20)]}
        write_manifest(folder, lines)
        run("report", folder)
        page = self.page(folder)
        rejected = {row["reason"]: (row["rejected"], row["of candidates"]) for row in table_with(page, "reason")}
        self.assertEqual(rejected, {"growing penetration": ("2", "82"), "start overlap": ("1", "82"),
                                    "tunnelled through the floor": ("20", "82")})
        self.assertIn(f"Never accepted, and so missing: 1 trial: {lines[1]['stimulus_name']} (tunnelled", page["text"])
        self.assertEqual(table_with(page, "positive", "frame cap")[0]["trials"], "59")

    def test_one_label_and_too_few_trials(self):
        folder = self.copy(self.labels, "one_label")
        lines = manifest(folder)
        write_manifest(folder, [line | {"label": False, "first_contact_frame": None} for line in lines])
        run("report", folder)
        page = self.page(folder)
        self.assertIn("not possible: no trial is positive", page["text"])
        self.assertEqual(table_with(page, "by frame 45")[0]["50%"], "-")
        positives = [line for line in lines if line["label"]]
        write_manifest(folder, sorted(positives[:3] + [line for line in lines if not line["label"]],
                                      key=lambda line: line["slot"]))
        run("report", folder)
        self.assertRegex(self.page(folder)["text"],
                         r"not possible: 3 positive and \d+ negative trials; 5 folds need 5 of each")

    def test_bad_requests(self):
        empty, notes = self.root / "empty", self.root / "notes.html"
        empty.mkdir()
        notes.write_text("<p>my notes")
        unfinished = self.copy(self.labels, "unfinished")
        write_manifest(unfinished, [])
        damaged = self.copy(self.labels, "damaged")
        (damaged / "manifest.jsonl").write_text("{\n")
        cases = [(["report", empty], 1, "holds no Figment data set"),
                 (["report", self.root / "nowhere"], 1, "holds no Figment data set"),
                 (["report", unfinished], 1, "holds no finished trial yet (0 of 60)"),
                 (["report", damaged], 1, "manifest.jsonl:1"),
                 (["report", self.labels, "--out", notes], 1, "is there and is no report; nothing was changed"),
                 (["report", self.labels, "--out", empty], 1, "is a folder, not a file"),
                 (["report", self.labels, "--out", self.root / "no" / "page.html"], 1, "page.html"),
                 (["report", self.labels, "--thumbnails", -1], 2, "--thumbnails"),
                 (["report", self.labels, "--thumbnail", 3], 2, "--thumbnails"),
                 (["report"], 2, "DIR")]
        for command, status, words in cases:
            done = run(*command, check=False)
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertIn(words, done.stderr)
        self.assertEqual(notes.read_text(), "<p>my notes")
        self.assertEqual(list(empty.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
