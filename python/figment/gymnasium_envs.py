"""The environments as gymnasium.Env and gymnasium.vector.VectorEnv.

An environment has named arrays. A single action or observation is a space of its own, several are a Dict by name. An
integer action without shape is Discrete, everything else a Box. `infos` holds what an agent must not know, as far as
there is something to know.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Sequence

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from . import _figment

_WORKER = Path(__file__).with_name("figment_worker")

Arrays = dict[str, NDArray[Any]]


def register() -> None:
    """Makes every environment known to gymnasium.make and make_vec as figment/<name>-v0."""
    for name, _ in _figment.environments():
        gymnasium.register(id=f"figment/{name}-v0", entry_point="figment:Env", vector_entry_point="figment:VectorEnv",
                           kwargs={"name": name})


def _space_of(spec: _figment.ArraySpec, is_action: bool) -> spaces.Space:
    dtype = np.dtype(spec.dtype)
    if is_action and dtype.kind in "iu" and not spec.shape:
        return spaces.Discrete(int(spec.high - spec.low) + 1, start=int(spec.low), dtype=dtype.type)
    return spaces.Box(spec.low, spec.high, tuple(spec.shape), dtype.type)


def _joint_space(specs: Sequence[_figment.ArraySpec], is_action: bool = False) -> spaces.Space:
    if len(specs) == 1:
        return _space_of(specs[0], is_action)
    return spaces.Dict({spec.name: _space_of(spec, is_action) for spec in specs})


def _texts(settings: dict[str, Any]) -> list[tuple[str, str]]:
    """Settings as the text that `figment` reads: True is on, a list has commas, None is none."""

    def text(value: Any) -> str:
        if isinstance(value, bool):
            return "on" if value else "off"
        if value is None:
            return "none"
        if isinstance(value, (list, tuple)):
            return ",".join(map(text, value))
        return str(value)

    return [(key, text(value)) for key, value in settings.items()]


def _options(options: dict[str, Any] | None) -> list[list[tuple[str, float]]]:
    return [[(name, float(value)) for name, value in options.items()]] if options else []


def _write(actions: Arrays, action: Any) -> None:
    """Copies an action, or one of each environment, into the arrays. The values are checked by the step."""
    if len(actions) == 1 and not isinstance(action, dict):
        action = {name: action for name in actions}
    if set(action) != set(actions):
        raise ValueError(f"an action of {', '.join(action) or 'nothing'}: expected {', '.join(actions)}")
    for name, target in actions.items():
        value = np.asarray(action[name])
        if value.shape != target.shape:
            raise ValueError(f"action '{name}' has the shape {value.shape}: expected {target.shape}")
        if not np.can_cast(value.dtype, target.dtype, "same_kind"):
            raise TypeError(f"action '{name}' is {value.dtype}: expected {target.dtype}")
        np.copyto(target, value, casting="same_kind")
        if target.dtype.kind in "iu" and not np.array_equal(target, value):
            raise ValueError(f"action '{name}' has values beyond those of {target.dtype}")


def _known(array: NDArray[Any]) -> NDArray[np.bool_]:
    """By row, whether an info has a value: it is nan where there is nothing to know."""
    if array.dtype.kind != "f":
        return np.ones(len(array), bool)
    return ~np.isnan(array.reshape(len(array), -1)).any(-1)


def _joint(arrays: Arrays) -> Any:
    """An array alone by itself, several by name."""
    return next(iter(arrays.values())) if len(arrays) == 1 else arrays


class Env(gymnasium.Env):
    """One environment by name: Env("pong", clock="frames"). `figment.settings(name)` lists its settings.

    reset(options={"row": 3}) fixes what else the seed draws; the names are in `array_spec.reset_options`. Where an
    episode has ended, infos holds `episode`: its return `r` and length `l`, and `reason` if the environment failed.
    """

    metadata: dict[str, Any] = {"render_modes": []}

    def __init__(self, name: str, render_mode: None = None, **settings: Any):
        if render_mode is not None:
            raise ValueError(f"render_mode is '{render_mode}': the environments draw nothing for people")
        self._batch = _figment.Batch(name, _texts(settings), 1, 1, "threads", AutoresetMode.DISABLED.value, _WORKER)
        self.array_spec = self._batch.spec
        self.render_mode = None
        self.action_space = _joint_space(self.array_spec.actions, is_action=True)
        self.observation_space = _joint_space(self.array_spec.observations)
        self._actions = self._rows(self._batch.actions)
        self._observations = self._rows(self._batch.observations)
        self._infos = self._rows(self._batch.infos)
        self._begun = False

    @staticmethod
    def _rows(arrays: Arrays) -> Arrays:
        return {name: array.reshape(array.shape[1:]) for name, array in arrays.items()}

    def _result(self) -> tuple[Any, dict[str, Any]]:
        return (_joint({name: array.copy() for name, array in self._observations.items()}),
                {name: array.copy() for name, array in self._infos.items() if _known(array[None])[0]})

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        if seed is None and not self._begun:
            seed = int(self.np_random.integers(2**63))
        if seed is None:  # the next episode of that seed
            self._batch.reset_masked(np.ones(1, bool), _options(options))
        else:
            self._batch.reset(seed, _options(options))
        self._begun = True
        return self._result()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        _write(self._actions, action)
        self._batch.step()
        observation, infos = self._result()
        terminated, truncated = bool(self._batch.terminated[0]), bool(self._batch.truncated[0])
        if terminated or truncated:
            infos["episode"] = {"r": float(self._batch.episode_returns[0]), "l": int(self._batch.episode_lengths[0])}
            if reason := self._batch.reason(0):
                infos["reason"] = reason
        return observation, float(self._batch.rewards[0]), terminated, truncated, infos

    def save(self) -> bytes:
        """The complete state: an environment of equal name and settings goes on from it with the same bytes."""
        return self._batch.save()

    def restore(self, saved: bytes) -> None:
        self._batch.restore(saved)
        self._begun = True

    def close(self) -> None:
        self._batch.close()


class VectorEnv(gymnasium.vector.VectorEnv):
    """num_envs environments by name that step together. What comes out does not depend on the workers.

    workers, kind: threads of this process, or processes, for environments that draw and for crashes to stay elsewhere
    autoreset_mode: as Gymnasium defines them
    copy: False gives views of the batch's memory, which the next step writes over

    reset(seed=s) begins the first episode of each environment with a seed of its own that follows from s; reset()
    begins the next ones. infos: the environments' own; `episode` with return `r` and length `l` where one has ended
    (`_episode`); `reason` where one has failed; in the mode SAME_STEP `final_obs` and `final_info`.
    """

    def __init__(self, name: str, num_envs: int = 1, *, workers: int = 1, kind: str = "threads",
                 autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP, copy: bool = True,
                 render_mode: None = None, **settings: Any):
        if render_mode is not None:
            raise ValueError(f"render_mode is '{render_mode}': the environments draw nothing for people")
        mode = AutoresetMode(autoreset_mode)
        self._batch = _figment.Batch(name, _texts(settings), num_envs, workers, kind, mode.value, _WORKER)
        self.array_spec = self._batch.spec
        self.num_envs = num_envs
        self.copy = copy
        self.render_mode = None
        self.metadata = {"render_modes": [], "autoreset_mode": mode}
        self.single_action_space = _joint_space(self.array_spec.actions, is_action=True)
        self.single_observation_space = _joint_space(self.array_spec.observations)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self._actions = self._batch.actions
        self._observations = self._batch.observations
        self._infos = self._batch.infos
        self._final_observations = self._batch.final_observations
        self._final_infos = self._batch.final_infos
        self._begun = False

    def _out(self, array: NDArray[Any]) -> NDArray[Any]:
        return array.copy() if self.copy else array

    def _result(self) -> tuple[Any, dict[str, Any]]:
        infos: dict[str, Any] = {}
        for name, array in self._infos.items():
            infos[name], infos["_" + name] = self._out(array), _known(array)
        return _joint({name: self._out(array) for name, array in self._observations.items()}), infos

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        if seed is not None and not isinstance(seed, (int, np.integer)):
            raise TypeError(f"seed is a {type(seed).__name__}: expected one integer, from which all follow")
        gymnasium.vector.VectorEnv.reset(self, seed=None if seed is None else int(seed))
        options = dict(options or {})
        mask = options.pop("reset_mask", None)
        if mask is not None and (not isinstance(mask, np.ndarray) or mask.dtype != bool or not mask.any()):
            raise ValueError("options['reset_mask']: expected a numpy array of bool that is somewhere True")
        if mask is not None and seed is not None:
            raise ValueError("a reset of some environments takes no seed: they go on with that of the whole batch")
        if mask is not None and not self._begun:
            raise ValueError("options['reset_mask']: the first reset is that of all environments")
        if seed is None and not self._begun:
            seed = int(self.np_random.integers(2**63))
        if seed is not None:
            self._batch.reset(int(seed), _options(options))
        else:
            self._batch.reset_masked(np.ones(self.num_envs, bool) if mask is None else mask, _options(options))
        self._begun = True
        return self._result()

    def step(self, actions: Any) -> tuple[Any, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        _write(self._actions, actions)
        self._batch.step()
        return self._step_result()

    def send(self, actions: Any) -> None:
        """Begins a step. Until `receive` the arrays are the workers'; processes work on while the caller does else."""
        _write(self._actions, actions)
        self._batch.send()

    def receive(self) -> tuple[Any, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Waits for the step that `send` began, and returns what `step` does."""
        self._batch.receive()
        return self._step_result()

    def _step_result(self) -> tuple[Any, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        observations, infos = self._result()
        batch = self._batch
        terminated, truncated = self._out(batch.terminated), self._out(batch.truncated)
        if (ended := terminated | truncated).any():
            infos["episode"] = {"r": np.where(ended, batch.episode_returns, 0),
                                "l": np.where(ended, batch.episode_lengths, 0), "_r": ended, "_l": ended}
            infos["_episode"] = ended
            self._add_reasons(infos, truncated)
        if batch.has_final.any():
            self._add_final(infos, batch.has_final.copy())
        return observations, self._out(batch.rewards), terminated, truncated, infos

    def _add_reasons(self, infos: dict[str, Any], truncated: NDArray[Any]) -> None:
        reasons = {i: reason for i in np.flatnonzero(truncated) if (reason := self._batch.reason(int(i)))}
        if reasons:
            infos["reason"], infos["_reason"] = np.full(self.num_envs, None, object), np.zeros(self.num_envs, bool)
            for i, reason in reasons.items():
                infos["reason"][i], infos["_reason"][i] = reason, True

    def _add_final(self, infos: dict[str, Any], has_final: NDArray[Any]) -> None:
        finals = np.full(self.num_envs, None, object)
        for i in np.flatnonzero(has_final):
            # A number alone is an array as well: it is in a Box.
            row = {name: array[i:i + 1].reshape(array.shape[1:]).copy()
                   for name, array in self._final_observations.items()}
            finals[i] = _joint(row)
        infos["final_obs"], infos["_final_obs"] = finals, has_final
        final: dict[str, Any] = {}
        for name, array in self._final_infos.items():
            final[name], final["_" + name] = array.copy(), has_final & _known(array)
        infos["final_info"], infos["_final_info"] = final, has_final

    def save(self) -> bytes:
        """The state of all environments and arrays, the same for any workers."""
        return self._batch.save()

    def restore(self, saved: bytes) -> None:
        self._batch.restore(saved)
        self._begun = True

    def close_extras(self, **kwargs: Any) -> None:
        self._batch.close()
