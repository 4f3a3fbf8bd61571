#!/bin/sh
# Make sure that there is a browser for the browser tests, and fonts for the scripts of the pages. Debian and Ubuntu get
# Chromium and Noto where that needs no password; anywhere else this says what to do, and the tests are skipped.
set -u

for name in "${DALIL_BROWSER:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done

log=${TMPDIR:-/tmp}/dalil-browser-$$.log
trap 'rm -f "$log"' EXIT

# As root, or as somebody who may be root without a password.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

if command -v apt-get >/dev/null 2>&1 && as_root true 2>/dev/null; then
    echo "Installing Chromium and fonts for the browser tests (once, some minutes)"
    as_root apt-get -qq update >"$log" 2>&1
    if as_root apt-get -qq install --yes --no-install-recommends chromium fonts-noto-core >>"$log" 2>&1; then
        exit 0
    fi
    tail -n 5 "$log" >&2
fi
{
    echo "There is no browser here, so the browser tests are skipped. They need Chromium or Chrome:"
    echo "  Debian, Ubuntu:  apt-get install chromium fonts-noto-core"
    echo "  elsewhere:       install Chrome, and name it: DALIL_BROWSER=/path/to/chrome make test-browser"
} >&2
