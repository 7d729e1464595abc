#!/usr/bin/env python3
"""Returns of a random policy in dm_control's rodent tasks, to set beside those of `figment rodent rollout`.

    scripts/random_policy_dm_control.py [--tasks two_touch,run_gaps,escape_bowl,maze_forage] [--episodes 30]
                                        [--seed 1] [--out FILE.json]

Every action is uniform in [-1, 1], a new one each control step. Needs all of dm_control:
    pip install dm_control==1.0.50
Prints a line an episode and a table in the end.
"""

import argparse
import json
import time

import numpy as np
from dm_control.locomotion.examples import basic_rodent_2020
from dm_control.locomotion.props import target_sphere

TASKS = {"two_touch": "rodent_two_touch", "run_gaps": "rodent_run_gaps", "escape_bowl": "rodent_escape_bowl",
         "maze_forage": "rodent_maze_forage"}


def touched(sphere, physics):
    """What TargetSphere._update_activation does, without a Python loop over contacts: ten times as fast."""
    if not sphere._activated and np.any(physics.data.contact.geom == sphere._geom_id):
        sphere._activated = True
        physics.bind(sphere._material).rgba[-1] = 0


def make(task, seed):
    np.random.seed(seed)  # mazes, wall textures, two-touch targets are drawn from the global generator
    env = getattr(basic_rodent_2020, TASKS[task])(random_state=np.random.RandomState(seed))
    for observable in env.task.observables.values():
        observable.enabled = False  # a random policy looks at nothing
    return env


def run_episode(env, rng):
    spec = env.action_spec()
    step = env.reset()
    total, steps = 0.0, 0
    while not step.last():
        step = env.step(rng.uniform(-1, 1, spec.shape))
        total, steps = total + step.reward, steps + 1
    return total, steps, float(step.discount)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--episodes", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out")
    args = parser.parse_args()
    target_sphere.TargetSphere._update_activation = touched
    results = {}
    for task in args.tasks.split(","):
        env, rng = make(task, args.seed), np.random.default_rng(args.seed)
        results[task] = []
        start = time.time()
        for episode in range(args.episodes):
            total, steps, discount = run_episode(env, rng)
            results[task].append({"return": total, "steps": steps, "discount": discount})
            print(f"{task} {episode} return {total:.4g} steps {steps} discount {discount:g} "
                  f"({time.time() - start:.0f} s)", flush=True)
            if args.out:
                with open(args.out, "w") as out:
                    json.dump(results, out, indent=1)
    for task, episodes in results.items():
        returns = np.array([episode["return"] for episode in episodes])
        print(f"{task:12s} n {len(returns)}  mean {returns.mean():.2f}  sd {returns.std(ddof=1):.2f}  "
              f"se {returns.std(ddof=1) / np.sqrt(len(returns)):.2f}  median {np.median(returns):.2f}")


if __name__ == "__main__":
    main()
