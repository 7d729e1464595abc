#!/usr/bin/env python3
"""Runs the rodent tasks of an installed dm_control and writes what happened, for `figment rodent parity`.

    scripts/parity_dm_control.py --out FOLDER [--tasks run_gaps,two_touch] [--steps 100] [--seed 0] [--states]

One FOLDER/TASK.npz a task. Row 0 is the state after the reset, row k the state after control step k:

    qpos [T+1,74]  qvel [T+1,73]  act [T+1,38]  ctrl [T+1,38]  obs:walker/NAME [T+1,d]  (obs:task_logic [T+1])
    action [T,38]  reward [T]  discount [T]
    arena_geom_NAMES [G,...]    the arena's geoms as MuJoCo's model holds them, in its order; bodyid as in that model
    arena_body_{id,pos,quat,parentid} [B,...]  the arena's bodies, the world first
    hfield_data [rows,columns]  the terrain, where there is one
    target_geom_xpos [T+1,n,3]  the spheres, where there are some
    task, versions              texts

With --states the rows are single states instead: no action, reward or discount; each observation is that of the state
put there and computed by a whole forward pass.

Needs: pip install dm_control==1.0.50 mujoco==3.17.0. Without a display or GPU, MUJOCO_GL=egl.
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("MUJOCO_GL", "egl")

import mujoco  # noqa: E402
import numpy as np  # noqa: E402
from dm_control import composer  # noqa: E402
from dm_control.locomotion.arenas import floors  # noqa: E402
from dm_control.locomotion.examples import basic_rodent_2020 as examples  # noqa: E402
from dm_control.locomotion.walkers import rodent  # noqa: E402

GEOM_FIELDS = ["type", "pos", "quat", "size", "group", "contype", "conaffinity", "condim", "friction", "solref", "solimp",
               "margin", "gap", "priority", "bodyid"]
CONTROL_STEP_S, PHYSICS_STEP_S = 0.02, 0.001


def open_field(random_state):
    """The rodent on a flat floor, with nothing to do."""
    walker = rodent.Rat()
    arena = floors.Floor(size=(10.0, 10.0), aesthetic="outdoor_natural")
    walker.create_root_joints(arena.attach(walker))
    observables = walker.observables
    for observable in [*observables.proprioception, *observables.kinematic_sensors, *observables.dynamic_sensors]:
        observable.enabled = True
    task = composer.NullTask(arena)
    task.set_timesteps(physics_timestep=PHYSICS_STEP_S, control_timestep=CONTROL_STEP_S)
    task.walker = walker
    return composer.Environment(task, time_limit=30, random_state=random_state, strip_singleton_obs_buffer_dim=True)


TASKS = {
    "open_field": open_field,
    "escape_bowl": examples.rodent_escape_bowl,
    "run_gaps": examples.rodent_run_gaps,
    "maze_forage": examples.rodent_maze_forage,
    "two_touch": examples.rodent_two_touch,
}


def make_environment(task, seed):
    np.random.seed(seed)  # parts of dm_control draw from NumPy's global generator
    env = TASKS[task](random_state=np.random.RandomState(seed))
    for entity in env.task.root_entity.iter_entities():
        if hasattr(entity.observables, "egocentric_camera"):
            entity.observables.egocentric_camera.enabled = False
    return env


def smooth_actions(steps, seed):
    """Sines of random frequency, phase and size, a little noise on top."""
    random = np.random.RandomState(seed + 1000)
    time = np.arange(steps)[:, None] * CONTROL_STEP_S
    frequency, phase = random.uniform(0.5, 4, 38), random.uniform(0, 2 * np.pi, 38)
    size, middle = random.uniform(0.2, 1, 38), random.uniform(-0.3, 0.3, 38)
    noise = random.uniform(-0.1, 0.1, (steps, 38))
    return np.clip(middle + size * np.sin(2 * np.pi * frequency * time + phase) + noise, -1, 1)


def name_of(model, kind, index):
    return mujoco.mj_id2name(model, kind, index) or ""


def arena_geoms(model):
    """The geoms that do not hang on the rodent."""
    body_names = [name_of(model, mujoco.mjtObj.mjOBJ_BODY, b) for b in range(model.nbody)]
    return [g for g in range(model.ngeom) if not body_names[model.geom_bodyid[g]].startswith("walker/")]


def targets(model):
    geoms = arena_geoms(model)
    return [g for g in geoms if model.geom_type[g] == mujoco.mjtGeom.mjGEOM_SPHERE]


def describe_arena(model):
    geoms = arena_geoms(model)
    arrays = {f"arena_geom_{field}": getattr(model, f"geom_{field}")[geoms].copy() for field in GEOM_FIELDS}
    arrays["arena_geom_names"] = np.array([name_of(model, mujoco.mjtObj.mjOBJ_GEOM, g) for g in geoms])
    bodies = sorted({0, *model.geom_bodyid[geoms].tolist()})
    arrays["arena_body_id"] = np.array(bodies)
    for field in ["pos", "quat", "parentid"]:
        arrays[f"arena_body_{field}"] = getattr(model, f"body_{field}")[bodies].copy()
    if model.nhfield:
        arrays["hfield_data"] = model.hfield_data.reshape(model.hfield_nrow[0], model.hfield_ncol[0]).copy()
    return arrays


class Rows:
    """Arrays that grow by a row a step."""

    def __init__(self):
        self.rows = {}

    def add(self, physics, observation):
        data = physics.data
        for name in ["qpos", "qvel", "act", "ctrl"]:
            self.rows.setdefault(name, []).append(np.array(getattr(data, name)))
        for name, value in observation.items():
            self.rows.setdefault(f"obs:{name}", []).append(np.array(value))
        spheres = targets(physics.model.ptr)
        if spheres:
            self.rows.setdefault("target_geom_xpos", []).append(np.array(data.geom_xpos[spheres]))

    def arrays(self):
        return {name: np.stack(rows) for name, rows in self.rows.items()}


def run_trajectory(env, steps, seed):
    timestep = env.reset()
    arena, rows = describe_arena(env.physics.model.ptr), Rows()
    rows.add(env.physics, timestep.observation)
    actions, rewards, discounts = smooth_actions(steps, seed), [], []
    for action in actions:
        timestep = env.step(action)
        rows.add(env.physics, timestep.observation)
        rewards.append(timestep.reward)
        discounts.append(timestep.discount)
        if timestep.last():
            break
    return {**rows.arrays(), **arena, "action": actions[: len(rewards)], "reward": np.array(rewards, float),
            "discount": np.array(discounts, float)}


def run_states(env, states, seed):
    """States of a trajectory, every tenth control step, with the warm start cleared."""
    env.reset()
    arena, rows = describe_arena(env.physics.model.ptr), Rows()
    updater = env._observation_updater  # dm_control offers no public way to observe without a step
    for k, action in enumerate(smooth_actions(10 * states, seed)):
        if env.step(action).last():
            break
        if k % 10 < 9:
            continue
        before = env.physics.get_state(mujoco.mjtState.mjSTATE_INTEGRATION.value)
        env.physics.data.qacc_warmstart[:] = 0
        env.physics.forward()
        updater.reset(env.physics, env.random_state)
        rows.add(env.physics, updater.get_observation())
        env.physics.set_state(before, mujoco.mjtState.mjSTATE_INTEGRATION.value)
        env.physics.forward()
    return {**rows.arrays(), **arena}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--tasks", default=",".join(TASKS), help="comma-separated (default: all)")
    parser.add_argument("--steps", type=int, default=100, help="control steps (with --states: states)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--states", action="store_true", help="single states instead of a trajectory")
    arguments = parser.parse_args()
    unknown = [task for task in arguments.tasks.split(",") if task not in TASKS]
    if unknown:
        sys.exit(f"unknown task '{unknown[0]}'. Valid: {', '.join(TASKS)}")
    arguments.out.mkdir(parents=True, exist_ok=True)
    versions = f"dm_control {__import__('importlib.metadata').metadata.version('dm_control')}, MuJoCo {mujoco.__version__}"
    for task in arguments.tasks.split(","):
        env = make_environment(task, arguments.seed)
        run = run_states if arguments.states else run_trajectory
        arrays = run(env, arguments.steps, arguments.seed)
        path = arguments.out / f"{task}.npz"
        np.savez_compressed(path, task=np.array(task), versions=np.array(versions), **arrays)
        print(f"{path}: {len(arrays['qpos'])} rows, {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
