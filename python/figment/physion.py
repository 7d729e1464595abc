"""Reads generated Physion data sets (docs/format.md).

    trial = figment.read_trial("data/collide/..._0000.hdf5")
    trial.label, trial.positions[45, trial.target], trial.pictures("img")[45]

    for trial in figment.Dataset("data"): ...

Metres, x right, y up, z forward, left-handed; quaternions x y z w; 100 frames a second.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, Iterator

import numpy as np
from numpy.typing import NDArray

_FAR_M, _NEAR_M = 100, 0.1  # of the depth pass


def read_trial(path: str | Path) -> Trial:
    return Trial(path)


class Trial:
    """One HDF5 file. Arrays over objects have their rows in order of creation; `zone`, `target` and `probe` are rows.

    name, num_frames, label    label: the target touches the zone in some frame
    contact                    bool [frames]: in which
    models                     names, by row
    positions                  float32 [frames, objects, 3]
    rotations                  float32 [frames, objects, 4]
    velocities                 float32 [frames, objects, 3]
    scale, mass, color         by row
    passes                     which pictures there are: img, id, depth, normals, flow
    """

    def __init__(self, path: str | Path):
        import h5py

        self.path = Path(path)
        with h5py.File(self.path, "r") as file:
            static = file["static"]
            self._frame_names = sorted(file["frames"])
            frames = [file["frames"][name] for name in self._frame_names]
            self.name: str = static["stimulus_name"].asstr()[()]
            self.ids: NDArray[np.int64] = static["object_ids"][:]
            self.models: list[str] = [model.decode() for model in static["model_names"][:]]
            self.scale: NDArray[np.float32] = static["scale"][:]
            self.mass: NDArray[np.float64] = static["mass"][:]
            self.color: NDArray[np.float32] = static["color"][:]
            self.segmentation_colors: NDArray[np.uint8] = static["object_segmentation_colors"][:]
            self.zone, self.target, self.probe = (self._row(static, role) for role in ("zone", "target", "probe"))
            self.positions: NDArray[np.float32] = self._over_frames(frames, "objects/positions")
            self.rotations: NDArray[np.float32] = self._over_frames(frames, "objects/rotations")
            self.velocities: NDArray[np.float32] = self._over_frames(frames, "objects/velocities")
            self.contact: NDArray[np.bool_] = self._over_frames(frames, "labels/target_contacting_zone").astype(bool)
            self.passes: list[str] = [name[1:] for name in frames[0].get("images", ()) if name.startswith("_")]

    def _row(self, static: Any, role: str) -> int | None:
        if f"{role}_id" not in static:
            return None
        rows = np.flatnonzero(self.ids == static[f"{role}_id"][()])
        return int(rows[0]) if len(rows) else None

    @staticmethod
    def _over_frames(frames: list[Any], name: str) -> NDArray[Any]:
        return np.stack([frame[name][()] for frame in frames])

    @property
    def num_frames(self) -> int:
        return len(self._frame_names)

    @property
    def label(self) -> bool:
        return bool(self.contact.any())

    def _images(self, name: str, frames: slice) -> list[NDArray[np.uint8]]:
        import h5py

        if name not in self.passes:
            raise ValueError(f"{self.path} has no pass '{name}': it has {', '.join(self.passes) or 'none'}")
        with h5py.File(self.path, "r") as file:
            return [file["frames"][frame]["images"][f"_{name}"][()] for frame in self._frame_names[frames]]

    def pictures(self, name: str = "img", frames: slice = slice(None)) -> NDArray[np.uint8]:
        """uint8 [frames, height, width, 3] of the pass img, or of id, normals or flow as colours."""
        from PIL import Image

        if name == "depth":
            raise ValueError("depth is in metres: see depth_m")
        return np.stack([np.asarray(Image.open(io.BytesIO(data))) for data in self._images(name, frames)])

    def depth_m(self, frames: slice = slice(None)) -> NDArray[np.float32]:
        """float32 [frames, height, width]: metres along the camera's axis; 99.9 and more is the background."""
        coded = np.stack(self._images("depth", frames))[:, ::-1].astype(np.float32)
        fraction = (coded[..., 0] + coded[..., 1] / 256 + coded[..., 2] / 65536) / 256
        return fraction * np.float32(_FAR_M - _NEAR_M)

    def rows(self, frames: slice = slice(None)) -> NDArray[np.int32]:
        """int32 [frames, height, width]: which object a pixel shows, -1 for the room."""
        colors = self.pictures("id", frames)
        rows = np.full(colors.shape[:-1], -1, np.int32)
        for row, color in enumerate(self.segmentation_colors):
            rows[(colors == color).all(-1)] = row
        return rows

    def normals(self, frames: slice = slice(None)) -> NDArray[np.float32]:
        """float32 [frames, height, width, 3] in camera axes, z towards the viewer; 0 for the background."""
        colors = self.pictures("normals", frames)
        return np.where(colors.any(-1, keepdims=True), colors.astype(np.float32) / 255 * 2 - 1, np.float32(0))

    def flow_px(self, frames: slice = slice(None)) -> NDArray[np.float32]:
        """float32 [frames, height, width, 2]: pixels right and down since the frame before."""
        c = self.pictures("flow", frames).astype(np.int32)
        coded = np.stack([c[..., 0] * 16 + c[..., 2] // 16, c[..., 1] * 16 + c[..., 2] % 16], -1)
        return ((coded - 2048) / 64).astype(np.float32)

    def __repr__(self) -> str:
        return f"<Trial {self.name}: {self.num_frames} frames, {len(self.models)} objects, label {self.label}>"


class Dataset:
    """A folder that `figment physion generate` made: its labelled trials with HDF5 files, and their manifest lines."""

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        manifests = sorted(self.folder.glob("manifest*.jsonl"))
        if not manifests:
            raise FileNotFoundError(f"{self.folder} has no manifest.jsonl: is it of figment physion generate?")
        lines = [json.loads(line) for manifest in manifests for line in manifest.read_text().splitlines()]
        self.lines: list[dict[str, Any]] = sorted(
            (line for line in lines if line["label"] is not None and self._file(line)), key=lambda line: line["slot"])

    @staticmethod
    def _file(line: dict[str, Any]) -> str | None:
        return next((name for name in line["files"] if name.endswith(".hdf5")), None)

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, index: int) -> Trial:
        return Trial(self.folder / str(self._file(self.lines[index])))

    def __iter__(self) -> Iterator[Trial]:
        return (self[index] for index in range(len(self)))
