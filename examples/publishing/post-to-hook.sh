#!/bin/sh
# A signed post: post-to-hook.sh NAME ARTICLE.json
# DALIL_SECRET: what `dalil hook create NAME` printed. DALIL_URL: see publish.sh.
set -eu
name=$1 file=$2
now=$(date +%s)
# `openssl` alone would show the secret among its arguments.
signature=$(DALIL_NOW=$now python3 -c '
import hashlib, hmac, os, sys
body = sys.stdin.buffer.read()
signed = os.environ["DALIL_NOW"].encode() + b"." + body
print(hmac.new(os.environ["DALIL_SECRET"].encode(), signed, hashlib.sha256).hexdigest())
' <"$file")
curl --silent --show-error --fail-with-body --request POST --data-binary "@$file" \
    --header "Content-Type: application/json" \
    --header "X-Dalil-Timestamp: $now" --header "X-Dalil-Signature: sha256=$signature" \
    "${DALIL_URL:-http://localhost:8080}/api/v1/hooks/$name"
