"""Opens a trial and shows what is in it: examples/read_trial.py FILE.hdf5 [PICTURE.png]

The trial holds the passes img and depth. Needs h5py, numpy and pillow, which scripts/setup.sh puts into .venv.
All fields: docs/format.md.
"""
import io
import sys

import h5py
import numpy as np
from PIL import Image

if len(sys.argv) < 2:
    sys.exit(__doc__)
with h5py.File(sys.argv[1], "r") as trial:
    static, frames = trial["static"], [trial["frames"][name] for name in sorted(trial["frames"])]
    touches = [bool(frame["labels/target_contacting_zone"][()]) for frame in frames]
    print(f"{static['stimulus_name'].asstr()[()]}: {len(frames)} frames, target touches zone: {any(touches)}")
    print("first contact:", f"frame {touches.index(True)}" if any(touches) else "none")

    # Pictures: _img is a JPEG or PNG file; _depth counts in 24 micrometres and has its rows from the bottom.
    shown = min(45, len(frames) - 1)
    images = frames[shown]["images"]
    if "_img" not in images or "_depth" not in images:
        sys.exit(f"the trial has the passes {', '.join(images) or 'none'}; this example shows _img and _depth")
    picture = Image.open(io.BytesIO(images["_img"][:]))
    d = images["_depth"][:][::-1].astype(np.float32)
    depth_m = (d[..., 0] + d[..., 1] / 256 + d[..., 2] / 65536) * (100 - 0.1) / 256
    print(f"frame {shown}: {picture.width} x {picture.height} pixels, "
          f"depth {depth_m.min():.2f} to {depth_m.max():.2f} m")
    if len(sys.argv) > 2:
        near = Image.fromarray(np.uint8(255 * np.clip(1 - depth_m / 10, 0, 1))).convert("RGB")  # 10 m and more: black
        Image.fromarray(np.hstack([np.array(picture), np.array(near)])).save(sys.argv[2])

    # Objects: rows in order of creation; which row is target or zone, say the ids. Metres, y up.
    positions = np.stack([frame["objects/positions"][:] for frame in frames])  # [frames, objects, 3]
    roles = {static[role][()]: role for role in ("zone_id", "target_id", "probe_id") if role in static}
    for row, object_id in enumerate(static["object_ids"][:]):
        path = " -> ".join(str(positions[f, row].round(2)) for f in (0, shown, -1))
        print(f"object {object_id} {static['model_names'][row].decode():20} {roles.get(object_id, ''):9} {path}")
