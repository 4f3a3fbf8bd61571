#!/bin/sh
# Make sure that the tests with real servers (tests/cluster) have what they run on: Java 21 or newer, Maven, nginx, PostgreSQL, ip.
# Debian and Ubuntu get them where that needs no password; anywhere else this says what is missing, and tests are skipped.
set -u

# A JDK whose first number is at least 21, in the places where tests/cluster/servers/software.py looks.
has_java() {
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
        if [ -x "$home/bin/javac" ] && [ -r "$home/release" ]; then
            number=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
            if [ "${number:-0}" -ge 21 ]; then
                return 0
            fi
        fi
    done
    return 1
}

has() {
    command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]
}

# Which packages are missing; the newest JDK that this release of the system has.
missing() {
    if ! has_java; then
        package=openjdk-21-jdk-headless
        for number in 25 21; do
            if apt-cache show "openjdk-$number-jdk-headless" >/dev/null 2>&1; then
                package=openjdk-$number-jdk-headless
                break
            fi
        done
        echo "$package"
    fi
    has mvn || echo maven
    has nginx || echo nginx-light
    has openssl || echo openssl
    # Networks that tests cut need root, and are skipped for others.
    [ "$(id -u)" != 0 ] || has ip || [ -x /sbin/ip ] || echo iproute2
    has psql && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || echo postgresql
}

# As root, or as somebody who may be root without a password.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

wanted=$(missing)
if [ -z "$wanted" ]; then
    exit 0
fi

log=${TMPDIR:-/tmp}/dalil-cluster-$$.log
trap 'rm -f "$log"' EXIT
if command -v apt-get >/dev/null 2>&1 && as_root true 2>/dev/null; then
    as_root apt-get -qq update >"$log" 2>&1
    # One by one: a system without a new Java still gets the others. nginx must not begin to serve port 80.
    for package in $(missing); do
        echo "Installing $package for the tests with real servers"
        as_root env RUNLEVEL=1 apt-get -qq install --yes --no-install-recommends "$package" >>"$log" 2>&1 || tail -n 3 "$log" >&2
    done
    wanted=$(missing)
fi
if [ -n "$wanted" ]; then
    {
        echo "Some tests with real servers are skipped. They lack:"
        # shellcheck disable=SC2086  # words of one line
        echo "  "$wanted
        echo "  Debian, Ubuntu:  apt-get install" $wanted
        echo "  elsewhere:       a JDK of Java 21 or newer (JAVA_HOME=...), mvn, nginx, openssl, PostgreSQL, ip (as root)"
    } >&2
fi
