#!/usr/bin/env bash
# Sets up what is missing, builds everything and runs every test. Exit status 0 only if all of it passed.
#
#   scripts/test.sh [--core | --python] [ctest arguments, e.g. -R physion]
#
#   --core   without torch: sets up, builds and tests the preset core alone
#   --python the Python package alone: the core once more, as a library that Python loads, in build-python/
#
# Otherwise the preset full is built (in build-full/) and tested, and the preset core (in build/) is built to see that it
# does without torch; the compiler cache makes that second build cheap. Then follows the Python package, unless ctest
# arguments are given.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export PATH=$root/.venv/bin:$PATH

if [[ ${1:-} == --python ]]; then
  shift
  scripts/setup.sh
  cmake --preset python
  cmake --build --preset python
  ctest --test-dir build-python --output-on-failure -R '^python[.]' "$@"
  exit 0
fi

if [[ ${1:-} == --core ]]; then
  shift
  scripts/setup.sh
  cmake --preset core
  cmake --build --preset core
  ctest --test-dir build --output-on-failure -j2 "$@"
  exit 0
fi

scripts/setup.sh --full
cmake --preset full
cmake --build --preset full
ctest --test-dir build-full --output-on-failure -j2 "$@"

cmake --preset core
cmake --build --preset core --target figment figment_worker
ctest --test-dir build --output-on-failure -R '^cli[.]without_torch$'
[[ $# -gt 0 ]] || scripts/test.sh --python
