#!/bin/sh
# Write the lock files: one set of versions for Linux and macOS, Python 3.11 and newer, each file by its hash.
# Versions already locked stay where they still fit; `scripts/lock.sh --upgrade` takes the newest.
set -eu
cd "$(dirname "$0")/.."

# --only-binary: a package without a wheel would need a compiler at set-up. No index addresses: the reader's own apply.
lock() {
    .venv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --only-binary :all: \
        --no-emit-index-url --no-header "$@"
}

lock "$@" --extra dev pyproject.toml --output-file requirements-dev.lock
# Users get the versions that the tests ran with.
lock "$@" --constraint requirements-dev.lock pyproject.toml --output-file requirements.lock
lock "$@" --constraint requirements-dev.lock --group build --output-file requirements-build.lock
echo "Locked. Look at the differences, run make test, commit the three files together."
