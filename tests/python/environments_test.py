"""The environments as Gymnasium sees them: environments_test.py, with the package figment on PYTHONPATH."""
import os
import signal
import subprocess
import unittest
import warnings
from pathlib import Path

import figment
import gymnasium
import numpy as np
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

NAMES = [name for name, _ in figment.environments()]


def children():
    return [int(pid) for pid in Path("/proc/self/task", str(os.getpid()), "children").read_text().split()]


def same(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


class Single(unittest.TestCase):
    def test_gymnasium_finds_no_fault(self):
        for name in NAMES:
            with self.subTest(name), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # unbounded or unsymmetrical boxes
                check_env(gymnasium.make(f"figment/{name}-v0").unwrapped)

    def test_observations_are_in_their_space_to_the_end(self):
        for name in ["pong", "pong_pictures", "null", "physion_push", "rodent_open_field"]:
            settings = {"time_limit_s": 0.2} if name.startswith("rodent") else {}
            with self.subTest(name):
                env = figment.Env(name, **settings)
                observation, _ = env.reset(seed=3)
                env.action_space.seed(3)
                total = length = ended = 0
                while not ended:
                    self.assertTrue(env.observation_space.contains(observation))
                    observation, reward, terminated, truncated, infos = env.step(env.action_space.sample())
                    total, length, ended = total + reward, length + 1, terminated or truncated
                self.assertEqual(infos["episode"], {"r": total, "l": length})

    def test_kinds_of_spaces(self):
        self.assertEqual(figment.Env("pong").action_space, gymnasium.spaces.Discrete(3, dtype=np.int32))
        push = figment.Env("physion_push")
        self.assertEqual(push.action_space["speed"].dtype, np.float32)
        self.assertEqual(push.observation_space, gymnasium.spaces.Box(-1000, 1000, (32, 13), np.float32))

    def test_a_seed_begins_and_no_seed_goes_on(self):
        env = figment.Env("pong")
        first, _ = env.reset(seed=5)
        second, _ = env.reset()
        self.assertFalse(same(first, second))
        self.assertTrue(same(env.reset(seed=5)[0], first))
        self.assertTrue(same(env.reset()[0], second))

    def test_saved_states_go_on(self):
        a, b = figment.Env("pong"), figment.Env("pong")
        a.reset(seed=1)
        for _ in range(5):
            a.step(2)
        b.restore(a.save())
        self.assertTrue(same(a.step(0)[0], b.step(0)[0]))

    def test_settings_and_options(self):
        self.assertAlmostEqual(figment.Env("pong", clock="frames").array_spec.step_s, 1 / 24)
        env = figment.Env("pong")
        a, b = (env.reset(seed=seed, options={"row": 3})[1] for seed in (1, 2))
        self.assertEqual(a.keys(), b.keys())
        keys = [key for key, _, _ in figment.settings("pong")]
        self.assertIn("clock", keys)

    def test_bad_input(self):
        env = figment.Env("pong")
        with self.assertRaisesRegex(figment.Error, "did you mean 'pong'"):
            figment.Env("pnog")
        with self.assertRaisesRegex(figment.Error, "did you mean 'clock'"):
            figment.Env("pong", clokc="frames")
        with self.assertRaisesRegex(figment.Error, "ended or never begun"):
            env.step(1)
        env.reset(seed=0)
        with self.assertRaisesRegex(figment.Error, "did you mean 'row'"):
            env.reset(seed=0, options={"rwo": 1})
        with self.assertRaisesRegex(figment.Error, "action 'move' is 3: expected 0 to 2"):
            env.step(3)
        with self.assertRaisesRegex(ValueError, r"shape \(2,\): expected \(\)"):
            env.step([1, 1])
        with self.assertRaisesRegex(TypeError, "float64: expected int32"):
            env.step(1.5)
        with self.assertRaisesRegex(ValueError, "beyond those of int32"):
            env.step(2**32 + 1)
        push = figment.Env("physion_push")
        push.reset(seed=0)
        with self.assertRaisesRegex(figment.Error, "action 'speed' is nan: expected 0 to 15 m/s"):
            push.step({"direction": 0.0, "speed": float("nan")})
        with self.assertRaisesRegex(ValueError, "an action of speed: expected direction, speed"):
            push.step({"speed": 1.0})
        env.close()
        env.close()
        with self.assertRaisesRegex(figment.Error, "it was closed"):
            env.step(1)


class Batch(unittest.TestCase):
    def play(self, name, steps=40, **how):
        envs = figment.VectorEnv(name, 6, **how)
        envs.action_space.seed(2)
        results = [envs.reset(seed=4)]
        for _ in range(steps):
            results.append(envs.step(envs.action_space.sample()))
        self.assertTrue(envs.observation_space.contains(results[-1][0]))
        envs.close()
        return results

    def test_what_comes_out_does_not_depend_on_the_workers(self):
        for name, steps in [("pong", 150), ("physion_push", 3), ("rodent_run_gaps", 3)]:
            with self.subTest(name):
                expected = self.play(name, steps)
                for how in [{"workers": 2}, {"workers": 2, "kind": "processes"}]:
                    for a, b in zip(expected, self.play(name, steps, **how), strict=True):
                        self.assertTrue(all(same(x, y) for x, y in zip(a, b, strict=True)))

    def test_pictures_do_not_depend_on_the_workers(self):
        settings = {"cameras": "egocentric", "quality": "draft"}
        expected = self.play("rodent_open_field", 2, **settings)
        self.assertEqual(expected[0][0]["egocentric"].shape, (6, 64, 64, 3))
        for how in [{"workers": 2}, {"workers": 2, "kind": "processes"}]:
            for a, b in zip(expected, self.play("rodent_open_field", 2, **settings, **how), strict=True):
                self.assertTrue(all(same(x, y) for x, y in zip(a, b, strict=True)))

    def test_modes_of_automatic_resets(self):
        for mode in AutoresetMode:
            envs = figment.VectorEnv("null", 3, episode_steps=2, observation=4, autoreset_mode=mode)
            self.assertEqual(envs.metadata["autoreset_mode"], mode)
            first, _ = envs.reset(seed=1)
            action = np.zeros(3, np.int32)
            envs.step(action)
            observation, _, _, truncated, infos = envs.step(action)
            self.assertTrue(truncated.all())
            self.assertEqual(infos["episode"]["l"].tolist(), [2, 2, 2])
            if mode == AutoresetMode.SAME_STEP:
                self.assertTrue(same(infos["final_obs"][1], first[1]))
                self.assertTrue(infos["_final_obs"].all())
                self.assertFalse(same(observation, first))
                continue
            self.assertTrue(same(observation, first))
            if mode == AutoresetMode.NEXT_STEP:
                observation, reward, _, truncated, infos = envs.step(action)
                self.assertFalse(truncated.any())
                self.assertNotIn("episode", infos)
            else:
                with self.assertRaisesRegex(figment.Error, "environment 0: its episode has ended"):
                    envs.step(action)
                observation, _ = envs.reset(options={"reset_mask": np.array([True, False, True])})
                self.assertTrue(same(observation[1], first[1]))
            self.assertFalse(same(observation[0], first[0]))

    def test_a_mask_is_for_batches_that_have_begun_and_takes_no_seed(self):
        envs = figment.VectorEnv("null", 2)
        options = {"reset_mask": np.array([True, False])}
        with self.assertRaisesRegex(ValueError, "the first reset is that of all"):
            envs.reset(options=options)
        envs.reset(seed=1)
        with self.assertRaisesRegex(ValueError, "takes no seed"):
            envs.reset(seed=1, options=options)
        envs.reset(options=options)
        envs.close()

    def test_arrays_are_views_if_asked(self):
        envs = figment.VectorEnv("pong_pictures", 2, copy=False)
        a, _ = envs.reset(seed=0)
        b = envs.step(np.array([0, 2]))[0]
        picture = (lambda x: x["picture"] if isinstance(x, dict) else x)
        self.assertTrue(np.shares_memory(picture(a), picture(b)))
        envs.close()
        picture(b).sum()  # the memory outlives the workers

    def test_send_and_receive(self):
        envs = figment.VectorEnv("null", 4, workers=2, kind="processes")
        envs.reset(seed=0)
        envs.send(np.zeros(4, np.int32))
        with self.assertRaisesRegex(figment.Error, "receive it first"):
            envs.reset(seed=0)
        envs.receive()
        with self.assertRaisesRegex(figment.Error, "send one first"):
            envs.receive()
        envs.close()

    def test_a_killed_worker_is_an_error(self):
        envs = figment.VectorEnv("null", 4, workers=2, kind="processes")
        envs.reset(seed=0)
        self.assertEqual(len(children()), 2)
        os.kill(children()[0], signal.SIGKILL)
        with self.assertRaisesRegex(figment.Error, r"worker 0 \(environments 0 to 1, .*was killed by signal 9"):
            for _ in range(10):
                envs.step(np.zeros(4, np.int32))
        self.assertEqual(children(), [])

    def test_bad_input(self):
        with self.assertRaisesRegex(figment.Error, "a batch of 0 pong"):
            figment.VectorEnv("pong", 0)
        with self.assertRaisesRegex(figment.Error, "unknown kind of workers 'fork'"):
            figment.VectorEnv("pong", 2, kind="fork")
        with self.assertRaisesRegex(figment.Error, r"10000 environments 'null' take about .* enough for"):
            figment.VectorEnv("null", 10000, observation=16000000)
        envs = figment.VectorEnv("pong", 2)
        envs.reset(seed=0)
        with self.assertRaisesRegex(ValueError, r"shape \(3,\): expected \(2,\)"):
            envs.step(np.zeros(3, np.int32))
        with self.assertRaisesRegex(figment.Error, "environment 1: action 'move' is 9"):
            envs.step(np.array([0, 9]))
        with self.assertRaisesRegex(TypeError, "seed is a list"):
            envs.reset(seed=[1, 2])

    def test_gymnasium_makes_batches(self):
        envs = gymnasium.make_vec("figment/pong-v0", num_envs=3, vectorization_mode="vector_entry_point", workers=2)
        self.assertIsInstance(envs.unwrapped, figment.VectorEnv)
        envs.reset(seed=0)
        envs.step(envs.action_space.sample())
        envs.close()


class Package(unittest.TestCase):
    def test_it_is_typed(self):
        folder = Path(figment.__file__).parent
        stub = (folder / "_figment.pyi").read_text()
        self.assertIn("class Batch", stub)
        self.assertIn("class Error(RuntimeError)", stub)
        self.assertTrue((folder / "py.typed").exists())

    def test_the_worker_is_beside_it_and_says_what_it_is(self):
        worker = Path(figment.__file__).parent / "figment_worker"
        done = subprocess.run([worker], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("is started by", done.stderr)


if __name__ == "__main__":
    unittest.main()
