#!/usr/bin/env python3
"""Turns a public DMFC pickle into an .npz of plain arrays, which `figment pong score` reads.

    scripts/convert_dmfc.py all_hand_dmfc_dataset_50ms.pkl all_hand_dmfc_dataset_50ms.npz

A PICKLE CAN RUN ANY PROGRAM WHEN IT IS READ. Run this only on files whose origin you trust, best in a container
without network: the files of Zenodo doi 10.5281/zenodo.13952210. Compare their checksums with those of the Zenodo
page first. Figment itself never opens a pickle. The .mat files of the same names need no conversion.

Needs pandas, because the pickles hold tables of an old version of it:
    python3 -m venv /tmp/convert && /tmp/convert/bin/pip install pandas && /tmp/convert/bin/python scripts/convert_dmfc.py ...
(pandas 2 and 3 read tables of version 1.0 and later.)

What is written, under the names that docs/neural.md lists; T is occ or vis, where the pickle has it:
    neural_responses_reliable/T, ..._sh1/T, ..._sh2/T     float32 [units, 79, 100]
    neural_responses/T, ..._sh1/T, ..._sh2/T              the same for all units (--unfiltered)
    masks/T/<name>                                        float64 [79, 100], 1 or NaN (not the shifted copies)
    behavioral_responses/T/<name>                         float64 [79, 100]
    meta/<column>                                         float64 [79], columns that are numbers
    animal, animal_names                                  of the reliable units, where it can be told: int32 [units];
                                                          bytes, one name a line
"""

import argparse
import re
import sys
from pathlib import Path

import numpy as np

CONDITIONS, BINS = 79, 100
ANIMALS = ["perle", "mahler"]
RELIABLE = "neural_responses_reliable"


def plain(values, dtype):
    """An array of numbers, whatever it was wrapped in; None if it is something else."""
    try:
        array = np.asarray(values, dtype=dtype)
    except (TypeError, ValueError):
        return None
    return array if array.dtype == dtype else None


def responses(data, names):
    arrays = {}
    for name in names:
        for trials, values in data.get(name, {}).items():
            array = plain(values, np.float32)
            if array is None or array.ndim != 3 or array.shape[1:] != (CONDITIONS, BINS):
                sys.exit(f"{name}/{trials}: expected numbers of shape (units, {CONDITIONS}, {BINS})")
            arrays[f"{name}/{trials}"] = array
    return arrays


def traces(data, group, skip=None):
    arrays = {}
    for trials, named in data.get(group, {}).items():
        for name, values in named.items():
            array = plain(values, np.float64)
            if array is not None and array.shape == (CONDITIONS, BINS) and not (skip and skip.search(name)):
                arrays[f"{group}/{trials}/{name}"] = array
    return arrays


def table(data):
    meta = data.get("meta")
    columns = {name: plain(meta[name], np.float64) for name in meta.columns} if hasattr(meta, "columns") else {}
    return {f"meta/{name}": array for name, array in columns.items() if array is not None and array.shape == (CONDITIONS,)}


def animals(data, path, trials="occ"):
    """The animal of each reliable unit: by the file's name, or by the sessions of the unit table."""
    units = np.shape(data[RELIABLE][trials])[0]
    named = [i for i, animal in enumerate(ANIMALS) if animal in path.name]
    if named:
        return np.full(units, named[0], np.int32)
    try:
        places = np.asarray(data["neural_idx_global"][trials]["neural_responses"])
        places = places[np.asarray(data["reliable_neural_idx"][trials]).ravel()]
        sessions = [str(name).lower() for name in data["neural_meta"]["data_fn"].iloc[places]]
        found = [next(i for i, animal in enumerate(ANIMALS) if animal in name) for name in sessions]
    except (KeyError, TypeError, IndexError, StopIteration):
        return None
    return np.asarray(found, np.int32) if len(found) == units else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pickle", type=Path)
    parser.add_argument("npz", type=Path)
    parser.add_argument("--unfiltered", action="store_true", help="also the units that are not reliable")
    arguments = parser.parse_args()
    if arguments.npz.suffix != ".npz":
        parser.error(f"'{arguments.npz}' does not end in .npz")
    if arguments.npz.exists():
        parser.error(f"{arguments.npz} is there already")
    if not arguments.pickle.is_file():
        parser.error(f"there is no file {arguments.pickle}")

    import pandas  # only here, so that --help works without it
    data = pandas.read_pickle(arguments.pickle)
    if not isinstance(data, dict):
        sys.exit(f"{arguments.pickle} holds a {type(data).__name__}, expected the dictionary of a DMFC file")
    groups = [RELIABLE, *(["neural_responses"] if arguments.unfiltered else [])]
    arrays = responses(data, [group + half for group in groups for half in ("", "_sh1", "_sh2")])
    if f"{RELIABLE}/occ" not in arrays:
        sys.exit(f"{arguments.pickle}: there is no {RELIABLE}/occ in it")
    arrays |= traces(data, "masks", skip=re.compile(r"_roll-?\d+$"))
    arrays |= traces(data, "behavioral_responses") | table(data)
    animal = animals(data, arguments.pickle)
    if animal is None:
        print("which animal a unit is from could not be told: convert and score the files of each animal, "
              "perle=...,mahler=...", file=sys.stderr)
    else:
        there, animal = np.unique(animal, return_inverse=True)
        names = "\n".join(ANIMALS[i] for i in there)
        arrays |= {"animal": animal.astype(np.int32), "animal_names": np.frombuffer(names.encode(), np.uint8)}
    unfinished = arguments.npz.with_name(f".tmp-{arguments.npz.name}")
    np.savez_compressed(unfinished, **arrays)
    unfinished.rename(arguments.npz)
    for name, array in arrays.items():
        print(f"{name}  {array.dtype}  {array.shape}")


if __name__ == "__main__":
    main()
