#!/usr/bin/env bash
# Sets up what Figment builds and runs with: distribution packages, and pinned Python wheels in .venv.
#
#   scripts/setup.sh [--full] [--bench] [--skip-packages]
#
#   --full           also install torch (about 200 MB, the CPU build), for the preset `full`: what learns
#   --bench          also install pybullet, which only `figment bench physics` compares with
#   --skip-packages  leave the distribution's packages alone (another distribution, or no wish to be checked)
#
# Safe to run any number of times: with nothing missing it prints one line and touches neither apt nor pip. Packages
# need root or a passwordless sudo; without them the one line to run is printed and the exit status is 1.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv

bench=no
full=no
packages_too=yes
for argument in "$@"; do
  case $argument in
    --full) full=yes ;;
    --bench) bench=yes ;;
    --skip-packages) packages_too=no ;;
    -h | --help) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "setup: unknown argument '$argument'. Valid: --full, --bench, --skip-packages" >&2; exit 2 ;;
  esac
done

# --- Distribution packages. Debian 12 is verified; the Ubuntu rows are expected to work.
packages=(
  g++ ninja-build ccache pkg-config python3 python3-dev python3-venv ffmpeg
  libbullet-dev libbullet-extras-dev libeigen3-dev
  libglfw3-dev xvfb
  libepoxy-dev libegl-dev libegl1 libegl-mesa0 libgl1-mesa-dri
  libhdf5-dev libavcodec-dev libavformat-dev libavutil-dev libpng-dev libdeflate-dev libmatio-dev libssl-dev
  nlohmann-json3-dev libyaml-cpp-dev libcli11-dev libspdlog-dev libfmt-dev libgtest-dev libbenchmark-dev
)
# Wheels, with the newest numpy that each Python can install.
wheels=('mujoco==3.17.0' 'h5py==3.16.0' 'pillow==12.0.0' 'gymnasium==1.4.0'
        'nanobind==3.1.0' 'scikit-build-core==1.1.2'
        'numpy==2.4.6; python_version >= "3.11"' 'numpy==2.2.6; python_version < "3.11"')
# For their files alone, read at run time: the rodent's body and grass, and the walls of its maze. What they need to run
# as Python packages is not installed.
asset_wheels=('dm_control==1.0.50' 'labmaze==1.0.6')
if [[ $bench == yes ]]; then
  wheels+=('pybullet==3.2.7')
fi

system=unknown
if [[ -r /etc/os-release ]]; then
  system=$(. /etc/os-release && echo "${ID:-unknown} ${VERSION_ID:-}")
fi
case $system in
  # chromium: the test of the report page looks at it in a browser. Ubuntu's package of it is a snap, to be installed by
  # hand where snaps run; figment itself needs no browser.
  "debian 12") packages+=(cmake mold libjpeg62-turbo-dev chromium) ;;
  "ubuntu 24.04") packages+=(cmake mold libjpeg-turbo8-dev) ;;
  # Its cmake is older than 3.25, and its g++ cannot be told to link with mold.
  "ubuntu 22.04") packages+=(libjpeg-turbo8-dev) && wheels+=('cmake==3.31.6') ;;
  *)
    if [[ $packages_too == yes ]]; then
      echo "setup: this system is '$system'; package names are known for Debian 12, Ubuntu 22.04 and Ubuntu 24.04." >&2
      echo "Install the equivalents of these, then run: scripts/setup.sh --skip-packages" >&2
      echo "  cmake (3.25 or newer) libjpeg-dev ${packages[*]}" >&2
      exit 1
    fi
    ;;
esac

installed_packages() {
  dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null | sed -n 's/ installed$//p' || true
}

install_packages() {
  local missing
  missing=$(comm -23 <(printf '%s\n' "${packages[@]}" | sort -u) <(installed_packages | sort -u))
  [[ -n $missing ]] || return 0
  missing=${missing//$'\n'/ }
  local as_root=()
  if [[ $(id -u) -ne 0 ]]; then
    if ! sudo -n true 2>/dev/null; then
      echo "setup: packages are missing. Run this line, then this script again:" >&2
      echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $missing" >&2
      exit 1
    fi
    as_root=(sudo -n)
  fi
  echo "setup: installing packages: $missing"
  "${as_root[@]}" apt-get -qq update || echo "setup: apt-get update failed; going on with the lists at hand" >&2
  # shellcheck disable=SC2086 # one word a package
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null
}

# --- The virtual environment. The distribution's own Python goes first: it is the one that python3-venv completes.
make_venv() {
  if [[ -x $venv/bin/python ]] && "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    return 0
  fi
  local python=python3
  if [[ -x /usr/bin/python3 ]]; then
    python=/usr/bin/python3
  fi
  echo "setup: making .venv with $("$python" --version)"
  "$python" -m venv --clear "$venv"
}

# Succeeds if every wheel named is there in its pinned version.
wheels_are_there() {
  "$venv/bin/python" - "$@" <<'PYTHON'
import sys
from importlib.metadata import PackageNotFoundError, version

def applies(marker):
    newer = sys.version_info >= (3, 11)
    return not marker or newer == (">=" in marker)

for line in sys.argv[1:]:
    pin, _, marker = line.partition(";")
    name, _, wanted = pin.strip().partition("==")
    if not applies(marker):
        continue
    try:
        found = version(name)
    except PackageNotFoundError:
        found = None
    if found != wanted:
        sys.exit(1)
PYTHON
}

install_wheels() {
  local pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check)
  if ! wheels_are_there "${wheels[@]}"; then
    echo "setup: installing wheels into .venv: ${wheels[*]}"
    "${pip[@]}" "${wheels[@]}"
  fi
  local wheel
  for wheel in "${asset_wheels[@]}"; do
    if ! wheels_are_there "$wheel"; then
      echo "setup: installing $wheel into .venv, for its files"
      "${pip[@]}" --no-deps --only-binary=:all: "$wheel" ||
        echo "setup: there is no $wheel for this Python; without dm_control the rodent does not run, without" \
             "labmaze its maze has plain walls" >&2
    fi
  done
}

# --- torch, for the preset `full`. Only its CPU build will do: a build for GPUs is several GB, and a program cannot be
# linked with it where the GPU's toolkit is not installed.
torch_version=2.13.0

cpu_torch_way_out() {
  echo "setup: $1" >&2
  echo "Tell pip where CPU builds are, and run this script again:" >&2
  echo "  $venv/bin/pip config --site set global.extra-index-url URL" >&2
  echo "with the URL that pytorch.org names under Get Started for Linux, Pip, CPU; or install such a wheel by hand:" >&2
  echo "  $venv/bin/pip install torch-$torch_version+cpu-....whl" >&2
  echo "Without torch, everything but training works: leave out --full and build the preset core." >&2
  exit 1
}

# The version of the torch that is installed, from a text file: importing it takes seconds.
installed_torch() {
  sed -n "s/^__version__ = ['\"]\(.*\)['\"].*/\1/p" "$venv"/lib/python3*/site-packages/torch/version.py 2>/dev/null || true
}

# Succeeds if pip would take a build for GPUs; asks for the wheel's description only, not for the wheel.
pip_would_take_gpu_torch() {
  local report
  report=$("$venv/bin/python" -m pip install --quiet --disable-pip-version-check --dry-run --no-deps --ignore-installed \
             --report - "torch==$torch_version" 2>/dev/null | sed -n '/^{/,$p') || return 1
  grep -Eq '"(nvidia|cuda|triton|pytorch-triton|rocm)[a-z0-9_-]*|\+(cu|rocm|xpu)' <<<"$report"
}

install_torch() {
  case $(installed_torch) in
    "$torch_version" | "$torch_version+cpu") return 0 ;;
    "$torch_version"+*) cpu_torch_way_out "the torch in .venv ($(installed_torch)) is a build for GPUs; remove it: $venv/bin/pip uninstall torch" ;;
  esac
  local pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check)
  echo "setup: installing torch $torch_version into .venv"
  # Looking without downloading came with pip 22.2.
  "${pip[@]}" 'pip>=22.2'
  if "${pip[@]}" "torch==$torch_version+cpu" 2>/dev/null; then
    return 0
  fi
  if pip_would_take_gpu_torch; then
    cpu_torch_way_out "the torch $torch_version that pip finds is a build for GPUs (several GB); nothing was installed."
  fi
  "${pip[@]}" "torch==$torch_version"
}

if [[ $packages_too == yes ]]; then
  install_packages
fi
make_venv
install_wheels
if [[ $full == yes ]]; then
  install_torch
fi
echo "setup: everything is there ($system, .venv with $("$venv/bin/python" --version))"
