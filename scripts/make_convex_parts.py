#!/usr/bin/env python3
"""Convex parts of a model with CoACD: closer than those of `figment physion models --make-parts`, and slower.

    scripts/make_convex_parts.py MODEL [MODEL ...] [--threshold 0.05] [--most-parts 32]

Writes NAME.parts.obj beside each MODEL (.obj, .gltf, .glb) in the model's own frame; a file that is there is left alone.
Needs: pip install coacd trimesh
"""

import argparse
import pathlib
import sys


def parts_of(path, threshold, most_parts):
    import coacd
    import trimesh

    mesh = trimesh.load(path, force="mesh")  # all nodes, in the frame of the file
    return coacd.run_coacd(coacd.Mesh(mesh.vertices, mesh.faces), threshold=threshold, max_convex_hull=most_parts, seed=0)


def write_obj(path, parts):
    first = 1
    lines = []
    for number, (vertices, faces) in enumerate(parts, start=1):
        lines.append(f"o part_{number}")
        lines += ["v %.9g %.9g %.9g" % tuple(vertex) for vertex in vertices]
        lines += ["f %d %d %d" % tuple(int(corner) + first for corner in face) for face in faces]
        first += len(vertices)
    temporary = path.with_suffix(".tmp")
    temporary.write_text("\n".join(lines) + "\n")
    temporary.rename(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--threshold", type=float, default=0.05, help="concavity that is left, 0.01 to 1")
    parser.add_argument("--most-parts", type=int, default=32)
    options = parser.parse_args()
    try:
        import coacd, trimesh  # noqa: F401, E401
    except ImportError as error:
        sys.exit(f"make_convex_parts: {error}; pip install coacd trimesh")
    for model in options.models:
        target = model.with_name(model.stem + ".parts.obj")
        if target.exists():
            print(f"{target} is there already")
            continue
        parts = parts_of(model, options.threshold, options.most_parts)
        write_obj(target, parts)
        print(f"{target}: {len(parts)} parts")


if __name__ == "__main__":
    main()
