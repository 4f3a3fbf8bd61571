"""Print a port of this machine that nobody listens on: the one asked for, or the first free one from 8000 on.

A port that was asked for is not exchanged for another: exit code 1 and a message that says what to do.
"""

from __future__ import annotations

import socket
import sys

FIRST, LAST = 8000, 8020
HIGHEST = 65_535


def is_free(port: int) -> bool:
    """Whether a server on 127.0.0.1 could have the port now. A socket that is closing is no hindrance."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def main(asked: str) -> None:
    """Print the port, or what is in its way."""
    if not asked:
        port = next((port for port in range(FIRST, LAST + 1) if is_free(port)), None)
        if port is None:
            sys.exit(f"Ports {FIRST} to {LAST} are all taken: name a free one, as in PORT=9000 make demo")
    elif not (asked.isascii() and asked.isdigit() and 1 <= int(asked) <= HIGHEST):
        sys.exit(f"PORT={asked} is not a port: a number from 1 to {HIGHEST}, as in PORT=8001 make demo")
    elif not is_free(port := int(asked)):
        sys.exit(f"Port {port} is taken or not allowed: name another, as in PORT={FIRST + 1} make demo")
    print(port)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
