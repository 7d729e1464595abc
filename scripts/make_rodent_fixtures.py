#!/usr/bin/env python3
"""Writes tests/rodent/data/: what labmaze, dm_control and SciPy answer, which the rodent's layouts must equal.

    scripts/make_rodent_fixtures.py

Needs all of dm_control, of which only the asset files are installed otherwise:
    python3 -m venv dmc && dmc/bin/pip install dm_control==1.0.50
    dmc/bin/python scripts/make_rodent_fixtures.py
"""

import collections
import json
import string
from pathlib import Path
from types import SimpleNamespace

import labmaze
import numpy as np
from dm_control.locomotion.arenas import covering
from dm_control.locomotion.examples import basic_rodent_2020
from dm_control.locomotion.props import target_sphere
from dm_control.locomotion.tasks import escape, reach
from scipy import ndimage

DATA = Path(__file__).resolve().parent.parent / "tests" / "rodent" / "data"
MAZES = 20_000
TEXT_MAZES = 60


def cover(grid, letter):
    walls = covering.make_walls(grid, wall_char=letter, make_odd_sized_walls=True)
    return [[int(w.start.y), int(w.start.x), int(w.end.y), int(w.end.x)] for w in walls]


def floor_letters(variations):
    letters = ["."]
    for letter in string.ascii_uppercase:
        if letter not in variations:
            break
        letters.append(letter)
    return letters


def distances(cells, start):
    """Steps from a cell to every open cell, by breadth-first search."""
    found = {start: 0}
    queue = collections.deque([start])
    while queue:
        y, x = queue.popleft()
        for cell in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
            if cells[cell] != "*" and cell not in found:
                found[cell] = found[(y, x)] + 1
                queue.append(cell)
    return found


def places(cells, token):
    return [(int(y), int(x)) for y, x in np.argwhere(cells == token)]


def maze_distribution():
    maze = labmaze.RandomMaze(height=11, width=11, max_rooms=4, room_min_size=4, room_max_size=5, spawns_per_room=1,
                              objects_per_room=3, random_seed=20201122)
    counts = collections.defaultdict(collections.Counter)
    open_cells, targets, room_cells = np.zeros(121, int), np.zeros(121, int), np.zeros(121, int)
    texts = []
    for i in range(MAZES):
        maze.regenerate()
        cells, rooms = maze.entity_layer, maze.variations_layer
        letters = floor_letters(rooms)
        counts["rooms"][len(letters) - 1] += 1
        counts["targets"][len(places(cells, "G"))] += 1
        counts["spawns"][len(places(cells, "P"))] += 1
        counts["open"][int((cells != "*").sum())] += 1
        counts["walls"][len(cover(cells, "*"))] += 1
        counts["tiles"][sum(len(cover(rooms, letter)) for letter in letters)] += 1
        for letter in letters[1:]:
            ys, xs = np.nonzero(rooms == letter)
            counts["room_shapes"][f"{np.ptp(ys) + 1}x{np.ptp(xs) + 1}"] += 1
        steps = distances(cells, places(cells, "P")[0])
        counts["path"][min(steps[g] for g in places(cells, "G"))] += 1
        counts["longest_path"][max(steps[g] for g in places(cells, "G"))] += 1
        open_cells += (cells != "*").ravel()
        targets += (cells == "G").ravel()
        room_cells += (rooms != ".").ravel()
        if i < TEXT_MAZES:
            texts.append({"cells": str(cells), "rooms": str(rooms), "walls": cover(cells, "*"),
                          "tiles": {letter: cover(rooms, letter) for letter in letters}})
    histograms = {name: {str(k): v for k, v in sorted(counter.items())} for name, counter in counts.items()}
    return {"mazes": MAZES, "histograms": histograms, "open_cells": open_cells.tolist(),
            "target_cells": targets.tolist(), "room_cells": room_cells.tolist(), "texts": texts}


def numbers(side):
    """The same in the test: exact in every language."""
    values = [0.5 + ((i * 7919 + 12345) * 104729 % 10007) / 20014 for i in range(side * side)]
    return np.array(values).reshape(side, side)


def terrain():
    cases = []
    for side, new_side, every in ((2, 5, 1), (5, 17, 1), (60, 201, 97)):
        zoomed = ndimage.zoom(numbers(side), new_side / side)
        assert zoomed.shape == (new_side, new_side)
        cases.append({"side": side, "new_side": new_side, "every": every, "values": zoomed.ravel()[::every].tolist()})
    rows, columns = np.ogrid[-1:1:201j, -1:1:201j]
    bowl = 0.5 - np.cos(2 * np.pi * np.clip(np.sqrt(columns**2 + rows**2), 0.1, 1)) / 2
    heights = (bowl * ndimage.zoom(numbers(60), 201 / 60.0)).astype(np.float32)
    rng = np.random.default_rng(7)
    drawn = [ndimage.zoom(rng.uniform(0.5, 1, (60, 60)), 201 / 60.0) for _ in range(200)]
    return {"zoom": cases, "heights_every": 53, "heights": heights.ravel()[::53].astype(float).tolist(),
            "smooth": {"mean": float(np.mean(drawn)), "deviation": float(np.std(drawn)),
                       "quantiles": np.quantile(drawn, [0.05, 0.25, 0.5, 0.75, 0.95]).tolist(),
                       "row_correlation": [float(np.mean([np.corrcoef(d[:, :-lag].ravel(), d[:, lag:].ravel())[0, 1]
                                                          for d in drawn])) for lag in (1, 2, 4)]}}


class Touches:
    """Stands for the physics of two touch: a clock, and a hand (geom 1) that is on the orb (geom 5) or not."""

    def __init__(self):
        self.now = 0.0
        self.data = SimpleNamespace(contact=[])

    def time(self):
        return self.now

    def bind(self, _):
        return SimpleNamespace(xpos=np.zeros(3), texid=0, element_id=0, pos=None)


def play_touches(contacts, steps):
    """Runs dm_control's own orb and task on intervals of contact [s]. After each control step: its number, the state,
    the bonus, whether the orb is moved before the next, how often it was touched; steps like the last one left out."""
    physics, orb = Touches(), target_sphere.TargetSphereTwoTouch(radius=0.025)
    orb._geom_id, orb._specific_collision_geom_ids = 5, {1}
    task = object.__new__(reach.TwoTouch)
    for name, value in dict(_touch_interval=0.8, _interval_tolerance=0.1, _failure_timeout=1.2, _reset_delay=0.0,
                            _aliveness_reward=0.0, _target_type_rewards=(25.0,), _targets=[[orb]], _z_height=0.14,
                            _target_positions=[(1.0, 1.0, 0.14)], _target_area=(1.5, 1.5), _lhand_body=None,
                            _rhand_body=None, _must_randomize_targets=False).items():
        setattr(task, name, value)
    task._randomize_targets(physics)
    result, before = [], None
    for step in range(steps):
        if task._must_randomize_targets:
            task._randomize_targets(physics)
            task._must_randomize_targets = False
        for _ in range(20):
            physics.now += 0.001
            touching = any(begin <= physics.now <= end for begin, end in contacts)
            physics.data.contact = [SimpleNamespace(geom1=1, geom2=5)] if touching else []
            orb.after_substep(physics, None)
        bonus = task.get_reward(physics) - 0.25  # both hands are in the middle of the orb here
        after = [int(task._state_logic), bonus, int(task._must_randomize_targets), sum(orb.activated)]
        if after != before:
            result.append([step, *after])
        before = after
    return result


def touches():
    taps = {f"taps {interval:g} s apart": [(0.3, 0.31), (0.3 + interval, 0.31 + interval)]
            for interval in (0.15, 0.3, 0.68, 0.69, 0.7, 0.7105, 0.72, 0.8, 0.88, 0.9, 0.91, 0.92, 1.0)}
    cases = {"never": [], "one tap": [(0.3, 0.31)], "a hand at rest": [(0.3, 9.0)], "from the start": [(0.0, 0.05)],
             "two rounds": [(0.1, 0.12), (0.9, 0.92), (1.5, 1.6), (2.3, 2.35)],
             "touched while timed out": [(0.1, 0.12), (0.4, 0.45), (0.9, 1.9), (2.5, 2.52), (3.35, 3.36)], **taps}
    rng = np.random.default_rng(3)
    for i in range(12):
        begins = np.cumsum(rng.uniform(0.05, 1.2, 6)).round(4)
        cases[f"random {i}"] = [(float(b), float(round(b + rng.uniform(0.002, 0.4), 4))) for b in begins]
    return [{"name": name, "contacts": contacts, "steps": play_touches(contacts, 200)}
            for name, contacts in cases.items()]


def spawns():
    """How high, in cm, the escape task raises a body of random orientation above the ground without bumps."""
    random = np.random.RandomState(4)
    env = basic_rodent_2020.rodent_escape_bowl(random_state=random)
    for observable in env.task.observables.values():
        observable.enabled = False
    env.reset()
    env.physics.model.hfield_data[:] = 0
    heights = collections.Counter()
    for _ in range(600):
        quat = random.randn(4)
        escape._find_non_contacting_height(env.physics, env.task._walker, quat / np.linalg.norm(quat))
        heights[int(round(100 * env.physics.data.qpos[2]))] += 1
    return {"heights_cm": {str(k): heights[k] for k in sorted(heights)}}


def write(name, value):
    DATA.mkdir(parents=True, exist_ok=True)
    (DATA / f"{name}.json").write_text(json.dumps(value, separators=(",", ":")) + "\n")


def main():
    write("mazes", maze_distribution())
    write("terrain", terrain())
    write("touches", touches())
    write("spawns", spawns())


if __name__ == "__main__":
    main()
