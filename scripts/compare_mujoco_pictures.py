#!/usr/bin/env python3
"""Compares Figment's pictures of the rodent's tasks with those of MuJoCo's own renderer.

    python3 -m venv dmc && dmc/bin/pip install dm_control==1.0.50 mujoco==3.17.0 pillow
    MUJOCO_GL=egl LP_NUM_THREADS=0 dmc/bin/python scripts/compare_mujoco_pictures.py --figment build/figment \
        [--out pictures] [--states 10] [--quality faithful]

For each task, dm_control's environment runs under random actions; at ten states of two episodes MuJoCo draws what the egocentric
camera sees (64 x 64, dm_control's defaults) and the rat from the side, and `figment render` draws the same model in the
same states. Prints a table of mean absolute differences of 8-bit values: mean over the states, and of the worst state. With --out
it writes TASK.mjb (the model), TASK.npz (positions and both renderers' pictures) and pictures.jpg: for each task MuJoCo's above
Figment's.
"""

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

import mujoco
import numpy as np
from PIL import Image

from dm_control.locomotion.examples import basic_rodent_2020
from dm_control.mujoco.wrapper import MjvOption

TASKS = ["escape_bowl", "run_gaps", "maze_forage", "two_touch"]
STEPS = [0, 5, 10, 20, 30]           # control steps before each state of an episode, after the one before
VIEWS = {"egocentric": ("walker/egocentric", 64, [1, 2, 3, 4, 5]), "side": ("walker/side", 240, [3, 4, 5])}


def draw_reference(physics, view):
    camera, side, hidden = VIEWS[view]
    option = MjvOption()
    for group in range(6):
        option.geomgroup[group] = group not in hidden
    return physics.render(side, side, camera_id=camera, scene_option=option)


def record(task, states):
    """Episodes of len(STEPS) states each: (model file's bytes, positions [n, nq], pictures by view) each."""
    environment = getattr(basic_rodent_2020, f"rodent_{task}")(random_state=np.random.RandomState(1))
    rng = np.random.RandomState(7)
    shape = environment.action_spec().shape
    episodes = []
    for first in range(0, states, len(STEPS)):
        environment.reset()
        physics = environment.physics
        positions, pictures = [], {view: [] for view in VIEWS}
        for steps in STEPS[: states - first]:
            for _ in range(steps):
                environment.step(rng.uniform(-0.6, 0.6, shape))
            positions.append(physics.data.qpos.copy())
            for view in VIEWS:
                pictures[view].append(draw_reference(physics, view))
        episodes.append((physics.model.ptr, np.stack(positions), {view: np.stack(p) for view, p in pictures.items()}))
        with tempfile.NamedTemporaryFile(suffix=".mjb") as file:
            mujoco.mj_saveModel(physics.model.ptr, file.name, None)
            episodes[-1] = (Path(file.name).read_bytes(), *episodes[-1][1:])
    environment.close()
    return episodes


def draw_ours(figment, model, positions, view, quality):
    camera, side, hidden = VIEWS[view]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "model.mjb").write_bytes(model)
        np.save(folder / "positions.npy", positions)
        subprocess.run([figment, "render", folder / "model.mjb", "--camera", camera, "--positions", folder / "positions.npy",
                        "--width", str(side), "--height", str(side), "--hide", ",".join(map(str, hidden)),
                        "--quality", quality, "--device", "cpu", "--out", folder / "out.npy"], check=True)
        return np.load(folder / "out.npy")


def differences(reference, ours):
    """Of each state."""
    return np.abs(reference.astype(int) - ours.astype(int)).mean(axis=(1, 2, 3))


def sheet(rows, most=6):
    """Rows of pictures, side by side and one below the other, enlarged."""
    picks = np.linspace(0, len(rows[0]) - 1, most).round().astype(int)
    whole = np.concatenate([np.concatenate(list(row[picks]), axis=1) for row in rows], axis=0)
    image = Image.fromarray(whole)
    return image.resize((2 * image.width, 2 * image.height), Image.NEAREST)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figment", default="build/figment", help="the program")
    parser.add_argument("--out", type=Path, help="folder for models, pictures and the sheet")
    parser.add_argument("--states", type=int, default=10, help="of each task")
    parser.add_argument("--quality", default="faithful", help="Figment's")
    arguments = parser.parse_args()
    if arguments.out:
        os.makedirs(arguments.out, exist_ok=True)
    print(f"{'task':<14}" + "".join(f"{view + ' mean':>18}{'worst':>8}" for view in VIEWS))
    rows = []
    for task in TASKS:
        episodes = record(task, arguments.states)
        arrays = {"positions": np.concatenate([positions for _, positions, _ in episodes])}
        line = f"{task:<14}"
        for view in VIEWS:
            reference = np.concatenate([pictures[view] for _, _, pictures in episodes])
            ours = np.concatenate([draw_ours(arguments.figment, model, positions, view, arguments.quality)
                                   for model, positions, _ in episodes])
            arrays[view + "_mujoco"], arrays[view + "_figment"] = reference, ours
            each = differences(reference, ours)
            line += f"{each.mean():18.2f}{each.max():8.2f}"
        print(line, flush=True)
        rows += [arrays["egocentric_mujoco"], arrays["egocentric_figment"]]
        if arguments.out:
            np.savez_compressed(arguments.out / f"{task}.npz", **arrays)
            (arguments.out / f"{task}.mjb").write_bytes(episodes[-1][0])
    if arguments.out:
        sheet(rows).save(arguments.out / "pictures.jpg", quality=88)


if __name__ == "__main__":
    main()
