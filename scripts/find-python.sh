#!/bin/sh
# Print the path of a Python that Dalil runs on (3.11 or newer, with venv and pip), or say what is missing and which
# line installs it. PYTHON=/path/to/python names one yourself.
set -u

works='import sys; sys.exit(sys.version_info < (3, 11) or sys.implementation.name != "cpython")'
newest_seen=

for name in ${PYTHON:+"$PYTHON"} python3.13 python3.12 python3.11 python3; do
    # Asked, not believed: a version manager leaves names behind that run nothing.
    path=$(command -v "$name" 2>/dev/null) || continue
    if "$path" -c "$works" 2>/dev/null; then
        if "$path" -c 'import ensurepip, venv' 2>/dev/null; then
            printf '%s\n' "$path"
            exit 0
        fi
        without_venv=$path
    elif version=$("$path" -c 'import platform; print(platform.python_version())' 2>/dev/null); then
        newest_seen="$path is $version"
    fi
    if [ -n "${PYTHON:-}" ] && [ "$name" = "$PYTHON" ]; then
        break # a Python that was named is used or refused, never passed over
    fi
done

# The line that installs it, for the package manager of this machine.
install_line() {
    if command -v apt-get >/dev/null; then
        echo "    sudo apt-get install $1"
    elif command -v dnf >/dev/null; then
        echo "    sudo dnf install $2"
    elif command -v apk >/dev/null; then
        echo "    sudo apk add python3"
    elif command -v brew >/dev/null; then
        echo "    brew install python@3.13"
    else
        echo "    see https://www.python.org/downloads/"
    fi
}

{
    if [ -n "${without_venv:-}" ]; then
        version=$("$without_venv" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        echo "Python is here ($without_venv), but its modules venv and ensurepip are not. Install them:"
        install_line "python$version-venv" "python$version"
    else
        echo "Dalil needs CPython 3.11 or newer${newest_seen:+ ($newest_seen)}${PYTHON:+; PYTHON is set to $PYTHON}. Install it:"
        install_line "python3 python3-venv" "python3.12"
        echo "or name one: PYTHON=/path/to/python3.12 make setup"
    fi
} >&2
exit 1
