#!/usr/bin/env python3
"""Writes tests/files/data/: small array files as NumPy and SciPy write them, which files/ must read.

    scripts/make_array_fixtures.py

Needs NumPy and SciPy; nothing else here needs SciPy:
    python3 -m venv /tmp/sp && /tmp/sp/bin/pip install scipy && /tmp/sp/bin/python scripts/make_array_fixtures.py
"""

import io
from pathlib import Path

import numpy as np
import scipy.io

DATA = Path(__file__).resolve().parent.parent / "tests" / "files" / "data"

# Element (i, j, k) of every array is 100 i + 10 j + k.
CUBE = np.fromfunction(lambda i, j, k: 100 * i + 10 * j + k, (2, 3, 4))


def npy(array, version):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version, allow_pickle=True)
    return out.getvalue()


def main():
    DATA.mkdir(parents=True, exist_ok=True)
    for version in (1, 2, 3):
        (DATA / f"cube_v{version}.npy").write_bytes(npy(CUBE, (version, 0)))
    (DATA / "cube_fortran.npy").write_bytes(npy(np.asfortranarray(CUBE.astype(np.float32)), (1, 0)))
    (DATA / "objects.npy").write_bytes(npy(np.array([{"a": 1}, None], dtype=object), (1, 0)))
    (DATA / "big_endian.npy").write_bytes(npy(CUBE.astype(">f8"), (1, 0)))
    arrays = {"f4": CUBE.astype(np.float32), "f8": CUBE, "i4": CUBE.astype(np.int32), "i8": CUBE.astype(np.int64),
              "u1": CUBE[0].astype(np.uint8), "bool": CUBE[0] > 11, "scalar": np.float64(2.5), "empty": CUBE[:0],
              "text": np.array("dt_ms: µ"), "texts": np.array(["perle", "mahler"]), "group/inside": CUBE[1]}
    np.savez(DATA / "stored.npz", **arrays)
    np.savez_compressed(DATA / "deflated.npz", **arrays, zeros=np.zeros(1000))
    np.savez(DATA / "objects.npz", plain=CUBE, objects=np.array([{"a": 1}], dtype=object))
    # A struct, a cell inside a struct, and a struct of structs, as loadmat and savemat exchange dictionaries.
    cell = np.empty((1, 1), dtype=object)
    cell[0, 0] = CUBE
    tree = {"cube": CUBE, "single": CUBE.astype(np.float32), "bytes": CUBE[0].astype(np.uint8),
            "reliable": {"occ": CUBE, "vis": 2 * CUBE}, "celled": {"occ": cell},
            "masks": {"occ": {"whole": np.where(CUBE[0] > 11, 1.0, np.nan)}}, "complex": CUBE[0] + 1j, "name": "perle"}
    scipy.io.savemat(DATA / "tree_v5.mat", tree)
    scipy.io.savemat(DATA / "tree_v7.mat", tree, do_compression=True)
    (DATA / "dictionary.pkl").write_bytes(b"\x80\x04}\x94.")  # an empty dictionary


if __name__ == "__main__":
    main()
