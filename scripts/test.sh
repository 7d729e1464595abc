#!/usr/bin/env bash
# Sets up what is missing, builds everything and runs every test. Exit status 0 only if all of it passed.
#
#   scripts/test.sh [ctest arguments, e.g. -R physion]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

scripts/setup.sh
export PATH=$root/.venv/bin:$PATH
cmake --preset core
cmake --build --preset core
ctest --test-dir build --output-on-failure -j2 "$@"
