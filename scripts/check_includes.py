#!/usr/bin/env python3
"""Checks every #include of the tree against the include arrows of docs/architecture.md.

    scripts/check_includes.py [ROOT]

Prints one line a violation (file:line: what is wrong) and their count; exit status 1 if there is any.

Rules:
  1. A folder includes only itself and the folders its arrows allow; worlds never include each other.
  2. A quoted include names a file of the tree, from its root.
  3. Engines and file libraries stay where they belong (THIRD_PARTY below).
  4. What a header of base, files, envs or render passes on to another folder holds no MuJoCo, Bullet, GL or HDF5.
  5. No folder is called util or utils.
"""

import re
import sys
from pathlib import Path
from typing import NamedTuple

CORE = {"base", "files", "envs", "encoders", "metrics", "render", "agents"}
WORLDS = {"physion", "pong", "rodent"}

# What each folder may include besides itself.
ARROWS = {
    "base": set(),
    "files": {"base"},
    "envs": {"base", "files"},
    "encoders": {"base", "files"},
    "metrics": {"base", "files"},
    "render": {"base", "files", "envs"},
    "agents": {"base", "files", "envs", "encoders", "metrics"},
    **{world: CORE for world in WORLDS},
    "lab": CORE | WORLDS,
    "cli": CORE | WORLDS | {"lab"},
    "python": CORE | WORLDS | {"lab"},
}


class ThirdParty(NamedTuple):
    name: str
    pattern: str          # of the include path
    sources: set          # folders whose .cc files (and private headers) may include it
    headers: set          # folders whose headers may include it even for others


TORCH_FOLDERS = {"encoders", "agents", "lab", "cli"} | WORLDS
THIRD_PARTY = [
    ThirdParty("Bullet", r"(bt[A-Z]\w*|Bullet\w*/.*|LinearMath/.*|HACD/.*)(\.h)?$", {"envs"}, set()),
    ThirdParty("MuJoCo", r"mujoco/.*", {"envs", "rodent"}, set()),
    ThirdParty("GL", r"(epoxy|GL|GLES\d?|EGL|GLFW)/.*", {"render", "lab"}, set()),
    ThirdParty("HDF5", r"(hdf5|H5\w*)\.h", {"files"}, set()),
    ThirdParty("matio", r"matio\.h", {"files"}, set()),
    ThirdParty("torch", r"(torch|ATen|c10)/.*", TORCH_FOLDERS | {"metrics"}, TORCH_FOLDERS),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCE_SUFFIXES = {".h", ".cc", ".cpp", ".cu"}


class Include(NamedTuple):
    path: str             # of the including file, from the root
    line: int
    quoted: bool
    target: str


def read_includes(root):
    """All includes of the project's folders and tests, by including file."""
    includes = {}
    for folder in [*ARROWS, "tests"]:
        for file in sorted((root / folder).rglob("*")):
            if file.suffix not in SOURCE_SUFFIXES:
                continue
            path = file.relative_to(root).as_posix()
            includes[path] = []
            for number, text in enumerate(file.read_text(errors="replace").splitlines(), start=1):
                if match := INCLUDE.match(text):
                    includes[path].append(Include(path, number, match[1] == '"', match[2]))
    return includes


def folder_of(path):
    return path.split("/", 1)[0]


def check_arrows(root, includes):
    for include in (i for file in includes.values() for i in file if i.quoted):
        source, target = folder_of(include.path), folder_of(include.target)
        if not (root / include.target).is_file():
            yield include, f'"{include.target}" is no file of the tree (includes start at its root)'
        elif source != "tests" and target != source and target not in ARROWS[source]:
            allowed = ", ".join(sorted(ARROWS[source])) or "nothing else"
            yield include, f"{source} must not include {target} (allowed: {allowed})"


def third_party_of(include):
    if include.quoted:
        return None
    return next((library for library in THIRD_PARTY if re.match(library.pattern, include.target)), None)


def check_third_party(includes):
    """Rule 3: a library is included only by the folders it belongs to."""
    for include in (i for file in includes.values() for i in file):
        library, folder = third_party_of(include), folder_of(include.path)
        if library and folder != "tests" and folder not in library.sources:
            yield include, f"{library.name} is not allowed in {folder}"


def check_headers(includes):
    """Rule 4: follow each header another folder includes; report a library it passes on, once."""
    exported = {i.target for file in includes.values() for i in file
                if i.quoted and folder_of(i.path) not in (folder_of(i.target), "tests")}
    reported = set()
    for header in sorted(exported):
        owner = folder_of(header)
        waiting, seen = [header], set()
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            for include in includes.get(path, []):
                if include.quoted:
                    waiting.append(include.target)
                    continue
                library = third_party_of(include)
                if library and owner not in library.headers and include not in reported:
                    reported.add(include)
                    yield include, f"{library.name} reaches other folders through {header}"


def check_folders(root):
    for folder in sorted(root.rglob("util*")):
        parts = folder.relative_to(root).parts
        if folder.is_dir() and folder.name in ("util", "utils") and parts[0] in [*ARROWS, "tests", "scripts"]:
            yield Include(folder.relative_to(root).as_posix(), 1, False, ""), "no folder may be called util or utils"


def check(root):
    """All violations of the tree at `root`, as (Include, message)."""
    includes = read_includes(root)
    return [*check_arrows(root, includes), *check_third_party(includes), *check_headers(includes),
            *check_folders(root)]


def main(arguments):
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    violations = check(root)
    for include, message in violations:
        print(f"{include.path}:{include.line}: {message}")
    print(f"include check: {len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
