"""Opens trials as the programs written for the released Physion data do, in their order and with their types.

  compat_test.py --writer PROGRAM      PROGRAM DIR writes trials to check into DIR
  compat_test.py --figment PROGRAM     generates a trial of each kind of engine and checks it
  compat_test.py FILE.hdf5 ...         checks these

Three readers: a video model's data set (pictures and labels), a particle model's preprocessing (meshes, poses,
particles), and the reference's own trial statistics.
"""
import argparse
import io
import pathlib
import subprocess
import tempfile

import h5py
import numpy as np
from PIL import Image

NEAR, FAR = 0.1, 100.0


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def decode(dataset):
    """An encoded picture as [H, W, 3] uint8."""
    check(dataset.dtype == np.uint8 and dataset.ndim == 1, f"{dataset.name} is not a byte stream")
    image = np.array(Image.open(io.BytesIO(dataset[:])))
    check(image.ndim == 3 and image.shape[2] == 3, f"{dataset.name} is not RGB")
    return image


def depth_values(image):
    """The formula of TDW's get_depth_values: rows from the bottom up, near plane not added."""
    image = np.flip(np.reshape(image, image.shape), 0)
    return (image[..., 0] + image[..., 1] / 256.0 + image[..., 2] / 256.0**2) * ((FAR - NEAR) / 256.0)


def flow_values(image):
    code = image.astype(int)
    right = code[..., 0] * 16 + code[..., 2] // 16
    down = code[..., 1] * 16 + code[..., 2] % 16
    return (np.stack([right, down], -1) - 2048) / 64


# --- A video model: frames in order of their names, pictures as files, one label a frame

def read_as_video_model(f):
    name = f["static"]["stimulus_name"][()]
    name = name.decode() if isinstance(name, bytes) else str(name)
    check(name == str(np.array(f["static"]["stimulus_name"], dtype=str)), "the two usual ways to read a name differ")
    check(name[-5] == "_" and name[-4:].isdigit(), f"stimulus name {name}")
    frames = sorted(f["frames"].keys())
    check(frames == [f"{i:04}" for i in range(len(frames))], "frames are not numbered without gaps")
    labels = []
    for frame in frames:
        if "_img" in f["frames"][frame]["images"]:
            decode(f["frames"][frame]["images"]["_img"])
        label = f["frames"][frame]["labels"]["target_contacting_zone"][()]
        check(isinstance(label, np.bool_), "labels must be bool")
        labels.append(bool(label))
    return labels


# --- A particle model: unscaled meshes and poses of rigid objects, particles of cloth

def signed_volume(vertices, faces):
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    return np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6


def rotation_matrix(q):
    x, y, z, w = q
    return np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                     [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                     [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]])


def read_as_particle_model(f):
    static = f["static"]
    object_ids = static["object_ids"][:].tolist()
    scales = static["scale"][:]
    names = static["model_names"][:]
    check(names.dtype.kind == "S" and len(names) == len(object_ids) == len(scales), "static lists differ in length")
    zone, target = static["zone_id"][()], static["target_id"][()]
    check(object_ids.index(zone) == 0, "the zone is not the first object")
    check(target in object_ids, "the target is not listed")
    if b"cloth_square" in names:
        read_particles(f, object_ids)
    for frame in f["frames"].values():
        positions, rotations = frame["objects"]["positions"][:], frame["objects"]["rotations"][:]
        check(positions.shape == (len(object_ids), 3) and rotations.shape == (len(object_ids), 4), "poses")
        check(np.allclose(np.linalg.norm(rotations, axis=1), 1, atol=1e-5), "rotations are not unit quaternions")
    if "mesh" in static:
        read_meshes(f, names, scales)


def read_particles(f, object_ids):
    counts = [len(f["frames"]["0000"]["particles"][str(i)]) for i in object_ids]
    check(min(counts) > 0, "an object without particles")
    for frame in f["frames"].values():
        for object_id, count in zip(object_ids, counts):
            points, velocities = frame["particles"][str(object_id)][:], frame["velocities"][str(object_id)][:, :3]
            check(points.shape == (count, 4) and points.dtype == np.float32 and (points[:, 3] > 0).all(), "particles")
            check(velocities.shape == (count, 3), "velocities of particles")


def read_meshes(f, names, scales):
    """Posed meshes must fill the boxes that objects/ says the objects have, and must not be inside out."""
    objects = f["frames"]["0000"]["objects"]
    for i, name in enumerate(names):
        vertices, faces = f["static"]["mesh"][f"vertices_{i}"][:], f["static"]["mesh"][f"faces_{i}"][:]
        check(len(vertices) and vertices.dtype == np.float32 and faces.max() < len(vertices), f"mesh of {name}")
        if name == b"cloth_square":
            continue
        check(signed_volume(vertices * scales[i], faces) > 0, f"mesh of {name} is inside out")
        rotation = rotation_matrix(objects["rotations"][i])
        local = (vertices * scales[i]).astype(np.float64)
        for side, axis, sign in [("right", 0, 1), ("left", 0, -1), ("top", 1, 1), ("bottom", 1, -1), ("front", 2, 1),
                                 ("back", 2, -1)]:
            reach = (local[:, axis] * sign).max() * sign
            box = rotation.T @ (objects[side][i] - objects["positions"][i])
            check(abs(box[axis] - reach) < 2e-3 * max(1, abs(reach)), f"{side} of {name}: {reach}, {box[axis]}")


# --- The reference's statistics of a trial, and the types of everything it writes

def read_as_trial_statistics(f):
    static, frames = f["static"], [f["frames"][k] for k in sorted(f["frames"].keys())]
    check(any(bool(np.array(frame["labels"]["trial_end"])) for frame in frames), "the trial has no end")
    colors = static["object_segmentation_colors"][:]
    check(colors.dtype == np.uint8 and colors.shape[1] == 3, "segmentation colours")
    if "_id" not in frames[0]["images"]:
        return
    ids = decode(frames[0]["images"]["_id"])
    known = {tuple(c) for c in colors.tolist()} | {(0, 0, 0)}
    found = {tuple(c) for c in np.unique(ids.reshape(-1, 3), axis=0).tolist()}
    check(found <= known, f"_id shows colours of no object: {sorted(found - known)}")
    for color in colors:  # whichever way a reader compares, it finds the same pixels
        check(((ids == color).any(-1) == (ids == color).all(-1)).all(), "ambiguous id colours")
    if "visible_pixels" in f["ext"]:
        counts = [int((ids == color).all(-1).sum()) for color in colors]
        check(counts == f["ext"]["visible_pixels"][0].tolist(), "visible_pixels")


def check_types(f):
    static, n = f["static"], len(f["static"]["object_ids"])
    for name in ["initial_position", "initial_rotation", "scale", "color"]:
        check(static[name].dtype == np.float32 and static[name].shape == (n, 3), name)
    for name in ["mass", "static_friction", "dynamic_friction", "bounciness"]:
        check(static[name].dtype == np.float64 and static[name].shape == (n,), name)
    for name in ["zone_id", "target_id", "trial_seed", "trial_num", "seed", "push_time"]:
        check(static[name].dtype.kind == "i" and static[name].shape == (), name)
    for name in ["controller_name", "git_commit", "room"]:
        check(isinstance(static[name][()], (bytes, str)), name)
    for frame in f["frames"].values():
        for name in ["velocities", "angular_velocities", "forwards", "front", "back", "left", "right", "top", "bottom",
                     "center"]:
            check(frame["objects"][name].dtype == np.float32 and frame["objects"][name].shape == (n, 3), name)
        pairs, room = frame["collisions"], frame["env_collisions"]
        count = len(pairs["object_ids"])
        check(pairs["object_ids"].dtype == np.int32 and pairs["object_ids"].shape == (count, 2), "collisions")
        check(pairs["relative_velocities"].shape == (count, 3), "collisions/relative_velocities")
        check(pairs["states"].dtype.kind == "S" and set(pairs["states"][:]) <= {b"enter", b"stay", b"exit"}, "states")
        check(len(pairs["states"]) == count, "one state a pair")
        for contacts in [pairs["contacts"], room["contacts"]]:
            check(contacts.dtype == np.float32 and contacts.shape[1:] == (2, 3), contacts.name)
        check(room["object_ids"].dtype == np.int32 and room["object_ids"].ndim == 1, "env_collisions/object_ids")
        for name in ["projection_matrix", "camera_matrix"]:
            matrix = frame["camera_matrices"][name]
            check(matrix.dtype == np.float32 and matrix.shape == (16,), name)
        for name in ["has_target", "has_zone", "trial_timeout", "trial_complete"]:
            check(frame["labels"][name].dtype == np.bool_, name)


# --- Pictures agree with each other and with the geometry

def check_pictures(f):
    frame = f["frames"]["0000"]
    images = {name: frame["images"][name] for name in frame["images"]}
    check(set(images) <= {"_img", "_id", "_depth", "_normals", "_flow"}, "passes")
    decoded = {name: decode(images[name]) for name in images if name != "_depth"}
    sizes = {image.shape for image in decoded.values()}
    if "_depth" in images:
        check(images["_depth"].dtype == np.uint8 and images["_depth"].ndim == 3, "_depth is not [H, W, 3] bytes")
        sizes.add(images["_depth"].shape)
    check(len(sizes) <= 1, f"pictures of different sizes: {sizes}")
    if "_flow" in decoded:
        check((flow_values(decoded["_flow"]) == 0).all(), "flow of the first frame")


def check_depth_against_poses(f):
    """Where the id pass shows an object, the point that depth and camera give lies in the object's (padded) sphere."""
    frame = f["frames"]["0000"]
    if not {"_id", "_depth"} <= set(frame["images"]):
        return
    ids, depth = decode(frame["images"]["_id"]), depth_values(frame["images"]["_depth"][:])
    view = frame["camera_matrices"]["camera_matrix"][:].reshape(4, 4).astype(np.float64)
    projection = frame["camera_matrices"]["projection_matrix"][:].reshape(4, 4).astype(np.float64)
    height, width = depth.shape
    for i, color in enumerate(f["static"]["object_segmentation_colors"][:]):
        rows, columns = np.nonzero((ids == color).all(-1))
        if len(rows) == 0:
            continue
        z = depth[rows, columns]
        x = (2 * (columns + 0.5) / width - 1) / projection[0, 0] * z
        y = (1 - 2 * (rows + 0.5) / height) / projection[1, 1] * z
        points = np.linalg.inv(view) @ np.stack([x, y, -z, np.ones_like(z)])
        sides = np.stack([frame["objects"][s][i] for s in ["front", "back", "left", "right", "top", "bottom"]])
        center = frame["objects"]["center"][i]
        half = np.linalg.norm(sides[0::2] - sides[1::2], axis=1) / 2
        distance = np.linalg.norm(points[:3].T - center, axis=1)
        excess = distance.max() - np.linalg.norm(half)
        check(excess < 0.01, f"depth of object {i} is off by {excess} m")


def check_file(path, real):
    with h5py.File(path, "r") as f:
        labels = read_as_video_model(f)
        read_as_particle_model(f)
        read_as_trial_statistics(f)
        check_types(f)
        check_pictures(f)
        if real:
            check_depth_against_poses(f)
    print(f"{path.name}: {len(labels)} frames, label {any(labels)}")


def check_written(command, real):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([word.replace("DIR", folder) for word in command], check=True, stdout=subprocess.DEVNULL)
        written = sorted(pathlib.Path(folder).rglob("*.hdf5"))
        check(written, "nothing was written")
        for path in written:
            check_file(path, real)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writer")
    parser.add_argument("--figment")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    for path in arguments.files:
        check_file(path, real=True)
    if arguments.writer:
        check_written([arguments.writer, "DIR"], real=False)
    if arguments.figment:
        command = ("physion generate --scenario link,drape --trials 1 --size 64 --movies off --save-meshes on "
                   "--workers 1 --device cpu --out DIR/data")
        check_written([arguments.figment, *command.split()], real=True)


if __name__ == "__main__":
    main()
