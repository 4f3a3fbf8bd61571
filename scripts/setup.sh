#!/bin/sh
# Make .venv with the locked packages and Dalil itself: `setup.sh runtime` to use it, `setup.sh dev` to work on it.
# Safe to run again: what is up to date is left alone, what was interrupted is done again. Needs no compiler.
set -eu
cd "$(dirname "$0")/.."

case ${1:-dev} in
    runtime) lock=requirements.lock ;;
    dev) lock=requirements-dev.lock ;;
    *) echo "usage: scripts/setup.sh [runtime|dev]" >&2; exit 2 ;;
esac

# What a finished set-up was made of. A virtual environment knows its own path, so a moved folder needs a new one.
key="$(pwd) $(cat pyproject.toml requirements-build.lock "$lock" | cksum)"
finished=.venv/.finished-${1:-dev}
if [ -x .venv/bin/python ] && [ "$(cat "$finished" 2>/dev/null)" = "$key" ]; then
    exit 0
fi

if ! .venv/bin/python -c 'import pip' 2>/dev/null || [ "$(cat .venv/.folder 2>/dev/null)" != "$(pwd)" ]; then
    python=$(sh scripts/find-python.sh)
    echo "Making .venv with $python"
    rm -rf .venv
    "$python" -m venv .venv
    pwd >.venv/.folder
fi

# --require-hashes: only files that the lock names; --no-deps: all of them are in the lock, and a pip that looks for more may
# find a newer release that the lock does not name. --only-binary: no package is built here, so none needs a compiler.
install() {
    # Quiet twice: older pips warn of an extra that they spell differently; errors are shown.
    if ! .venv/bin/python -m pip install --disable-pip-version-check --no-input -qq "$@"; then
        {
            echo
            echo "The packages could not be installed; the lines above say why. Run it again: what is done is kept."
            echo "No network, or a proxy in between? pip reads HTTPS_PROXY, PIP_INDEX_URL and PIP_CERT."
            echo "No file for this machine? There are files for Linux (x86-64, ARM) and for macOS 15 or newer."
        } >&2
        exit 1
    fi
}

rm -f "$finished"
echo "Installing $(grep -c '==' "$lock") packages of $lock (a minute or two)"
install --no-deps --require-hashes --only-binary :all: -r requirements-build.lock -r "$lock"
install --no-deps --no-build-isolation --editable .
printf '%s\n' "$key" >"$finished"
echo "Ready: .venv/bin/dalil --help"
