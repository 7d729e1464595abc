"""Figment in Python: its environments with the interfaces of Gymnasium, and a reader of its Physion data sets.

    import figment
    figment.environments()                                   # names, and what they are
    env = figment.Env("pong", clock="frames")                # a gymnasium.Env
    envs = figment.VectorEnv("pong", num_envs=64, workers=2)  # a gymnasium.vector.VectorEnv
    trial = figment.read_trial("data/collide/..._0000.hdf5")

Also under Gymnasium's names: gymnasium.make("figment/pong-v0").
"""

from ._figment import ArraySpec, EnvSpec, Error, __version__, environments, settings
from .gymnasium_envs import Env, VectorEnv, register
from .physion import Dataset, Trial, read_trial

__all__ = ["ArraySpec", "Dataset", "Env", "EnvSpec", "Error", "Trial", "VectorEnv", "__version__", "environments",
           "read_trial", "settings"]

register()
