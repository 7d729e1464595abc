#!/usr/bin/env bash
# From a fresh clone to a small labelled data set with pictures to look at, all under demo/.
#
# Sets up what is missing, builds, generates two trials of each scenario with all passes, draws one contact sheet a
# scenario and prints a table of outcomes. Run again, it keeps the trials that are there.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

scripts/setup.sh
export PATH=$root/.venv/bin:$PATH
cmake --preset core
cmake --build --preset core --target figment figment_worker

build/figment physion generate --scenario all --trials 2 --seed 0 --passes img,id,depth,normals,flow --out demo/data
for folder in demo/data/*/; do
  scenario=$(basename "$folder")
  build/figment physion preview --scenario "$scenario" --seed 0 --out "demo/$scenario.png"
done
build/figment physion stats demo/data

echo
echo "Contact sheets: $(cd demo && ls -- *.png | tr '\n' ' ')in $root/demo"
echo "Data set:       $root/demo/data (its layout is described in docs/format.md)"
