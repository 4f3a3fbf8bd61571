#!/bin/sh
# Publish many articles, one a line: bulk.sh ARTICLES.jsonl
# Prints what became of each line; fails if one was rejected or the last line is missing. DALIL_TOKEN, DALIL_URL: see publish.sh.
set -eu
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
printf 'header = "Authorization: Bearer %s"\n' "$DALIL_TOKEN" |
    curl --config - --silent --show-error --fail-with-body \
        --request POST --header "Content-Type: application/x-ndjson" --data-binary "@$1" \
        "${DALIL_URL:-http://localhost:8080}/api/v1/articles:bulk" | tee "$answer"
tail -n 1 "$answer" | grep -q '"done": true' && ! grep -q '"status": "rejected"' "$answer"
