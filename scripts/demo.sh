#!/bin/sh
# Put the sample archive into .demo (articles that are there already cost nothing) and show it in the browser.
# PORT names the port; without it the first free one from 8000 on is taken.
set -eu
cd "$(dirname "$0")/.."

port=$(.venv/bin/python scripts/free_port.py "${PORT:-}")
code=0
.venv/bin/dalil --home .demo add examples/archive || code=$?
# 1: the archive would be rejected records, named above; the rest is in.
[ "$code" -le 1 ] || exit "$code"
exec .venv/bin/dalil --home .demo serve --port "$port"
