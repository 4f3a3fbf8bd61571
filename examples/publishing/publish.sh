#!/bin/sh
# Publish an article and wait until searches find it: publish.sh ID ARTICLE.json
# DALIL_TOKEN: a token of the scope write. DALIL_URL: the server, http://localhost:8080 otherwise.
set -eu
id=$1 file=$2
# The token goes in by standard input: arguments of a command can be read by everyone on the machine.
printf 'header = "Authorization: Bearer %s"\n' "$DALIL_TOKEN" |
    curl --config - --silent --show-error --fail-with-body --retry 5 --retry-connrefused \
        --request PUT --header "Content-Type: application/json" --data-binary "@$file" \
        "${DALIL_URL:-http://localhost:8080}/api/v1/articles/$id?wait=searchable"
