#!/usr/bin/env python3
"""Steps the rodent's tasks with pictures in dm_control or EnvPool and tells how long it took.

Reads lines from stdin, answers each with one line on stdout:
  {"package": "dm_control" | "envpool"}           answer: {"version": "..."}, or {"error": "..."} if it is not installed
  {"task": "run_gaps", "episodes": E, "steps": N} the first N control steps of E episodes under smooth actions, resets
                                                  left out; answer: {"steps_per_cpu_s": median over episodes}, or {} if
                                                  the package lacks the task
Both observe their defaults, which are the body's observables and a 64 x 64 egocentric picture. Processor time of all
threads; the environment decides how many of them draw (LP_NUM_THREADS=0 for software).
"""

import json
import sys
import time

import numpy as np

CONTROL_STEP_S = 0.02
ACTUATORS = 38


def smooth_actions(steps, seed):
    """[steps, 38]: sines of random frequency, phase and size."""
    rng = np.random.default_rng(seed)
    frequency, phase = rng.uniform(0.5, 4, ACTUATORS), rng.uniform(0, 2 * np.pi, ACTUATORS)
    times = CONTROL_STEP_S * np.arange(steps)[:, None]
    return rng.uniform(0.2, 1, ACTUATORS) * np.sin(2 * np.pi * frequency * times + phase)


class DmControl:
    def __init__(self):
        from importlib.metadata import version

        from dm_control.locomotion.examples import basic_rodent_2020

        self.version = version("dm_control")
        self.tasks = {name.removeprefix("rodent_"): getattr(basic_rodent_2020, name)
                      for name in dir(basic_rodent_2020) if name.startswith("rodent_")}

    def make(self, task):
        return self.tasks[task](random_state=np.random.RandomState(1))

    def reset(self, env):
        env.reset()

    def step(self, env, action):
        """Returns whether the episode goes on."""
        return not env.step(action).last()


class EnvPool:
    def __init__(self):
        import envpool

        self.version = envpool.__version__
        self.envpool = envpool
        prefix = "dm_control/locomotion/rodent_"
        self.tasks = {name.removeprefix(prefix): name for name in envpool.list_all_envs() if name.startswith(prefix)}

    def make(self, task):
        return self.envpool.make(self.tasks[task], env_type="gymnasium", num_envs=1, num_threads=1, seed=1)

    def reset(self, env):
        env.reset()

    def step(self, env, action):
        terminated, truncated = env.step(action[None])[2:4]
        return not (terminated[0] or truncated[0])


PACKAGES = {"dm_control": DmControl, "envpool": EnvPool}


def steps_per_cpu_s(package, env, steps, seed):
    actions = smooth_actions(steps, seed)
    package.reset(env)
    package.step(env, actions[0])  # the first picture compiles shaders
    taken, start = 0, time.process_time()
    for action in actions:
        taken += 1
        if not package.step(env, action):
            break
    return taken / (time.process_time() - start)


def measure(package, request):
    if request["task"] not in package.tasks:
        return {}
    env = package.make(request["task"])
    speeds = [steps_per_cpu_s(package, env, request["steps"], seed) for seed in range(request["episodes"])]
    return {"steps_per_cpu_s": float(np.median(speeds))}


def main():
    package = None
    for line in sys.stdin:
        request = json.loads(line)
        if "package" in request:
            try:
                package = PACKAGES[request["package"]]()
                answer = {"version": package.version}
            except ImportError as error:
                answer = {"error": str(error)}
        else:
            answer = measure(package, request)
        print(json.dumps(answer), flush=True)
        if "error" in answer:
            return


if __name__ == "__main__":
    main()
