#!/bin/sh
# Build the package as a release would, install it into a new environment from the lock, and search with it there,
# far from this folder: what only works because the sources lie beside it fails here.
set -eu
cd "$(dirname "$0")/.."
sources=$(pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT INT TERM

echo "== source archive, and the wheel from it"
.venv/bin/python -m build --no-isolation --outdir "$place/dist" . >"$place/build.log" 2>&1 || { cat "$place/build.log"; exit 1; }
wheel=$(echo "$place"/dist/*.whl)
DALIL_WHEEL=$wheel .venv/bin/python -m pytest -q tests/test_packaging.py

echo "== installed into a new environment"
.venv/bin/python -m venv "$place/venv"
bin=$place/venv/bin
"$bin/python" -m pip install --disable-pip-version-check --no-input -qq \
    --no-deps --require-hashes --only-binary :all: -r requirements.lock
"$bin/python" -m pip install --disable-pip-version-check --no-input -qq --no-deps "$wheel"
"$bin/python" -m pip check

echo "== used from another folder"
cd "$place"
export DALIL_HOME="$place/home"
"$bin/dalil" --version
code=0
"$bin/dalil" add "$sources/examples/archive" || code=$?
[ "$code" -le 1 ] || { echo "dalil add ended with $code" >&2; exit 1; }
"$bin/dalil" search "ha noi" --json >"$place/answer.json"
"$bin/python" - "$place/answer.json" <<'CHECK'
import json
import sys
from pathlib import Path

answer = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
assert answer["hits"], f"the installed package finds nothing for: ha noi; it answered {answer}"
print(f"{len(answer['hits'])} hits for: ha noi")
CHECK
