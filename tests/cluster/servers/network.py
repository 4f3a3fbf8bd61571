"""A network of namespaces, so that a cable between nodes can be pulled while clients still reach both.

Each place is a machine of its own: an address, behind a bridge. A cut is a route to nowhere at both ends, so
packets vanish as they do when a switch fails; nobody is told.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .nodes import Place
from .software import Missing

SUBNET = "10.213"
"""Of addresses that nobody outside this machine sees."""


@dataclass(frozen=True, slots=True)
class Network:
    """Places that reach each other until they are cut off."""

    places: tuple[Place, ...]

    def cut(self, one: Place, others: Sequence[Place]) -> None:
        """Let nothing pass between a place and others, in neither direction."""
        for other in others:
            _ip("-n", _namespace(one), "route", "replace", "blackhole", f"{other.host}/32")
            _ip("-n", _namespace(other), "route", "replace", "blackhole", f"{one.host}/32")

    def heal(self) -> None:
        """Undo every cut."""
        for one in self.places:
            for other in self.places:
                with suppress(subprocess.CalledProcessError):
                    _ip("-n", _namespace(one), "route", "del", "blackhole", f"{other.host}/32")


@contextmanager
def network(count: int) -> Iterator[Network]:
    """So many places, until the block ends. Raises `Missing` without the rights or the kernel for it."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        raise Missing("a network of its own needs root and the command ip (apt-get install iproute2)")
    _clear_after_the_dead()
    # Two runs at once on one machine do not meet.
    number = os.getpid()
    bridge, subnet = f"dalil{number}", f"{SUBNET}.{number % 250}"
    with ExitStack() as stack:
        try:
            _ip("link", "add", bridge, "type", "bridge")
            stack.callback(_ip, "link", "del", bridge)
            _ip("addr", "add", f"{subnet}.1/24", "dev", bridge)
            _ip("link", "set", bridge, "up")
            places = tuple(_place(stack, number, n) for n in range(1, count + 1))
        except subprocess.CalledProcessError as error:
            raise Missing(f"no network namespaces here: {error.stderr.strip()}") from error
        yield Network(places)


def _place(stack: ExitStack, number: int, n: int) -> Place:
    namespace, cable = f"dalil{number}-{n}", f"dalil{number}v{n}"
    host = f"{SUBNET}.{number % 250}.{n + 10}"
    _ip("netns", "add", namespace)
    stack.callback(_ip, "netns", "del", namespace)
    _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", namespace)
    _ip("link", "set", cable, "master", f"dalil{number}", "up")
    _ip("-n", namespace, "addr", "add", f"{host}/24", "dev", "eth0")
    _ip("-n", namespace, "link", "set", "eth0", "up")
    _ip("-n", namespace, "link", "set", "lo", "up")
    return Place(f"node-{n}", 9200, 9300, host, ("ip", "netns", "exec", namespace))


def _clear_after_the_dead() -> None:
    """Take away what runs left that were killed: those whose process, which their names carry, is gone."""
    said = subprocess.run(["ip", "-o", "netns", "list"], check=True, capture_output=True, text=True)  # noqa: S607
    for number, name in re.findall(r"^(?=dalil(\d+)-\d)(\S+)", said.stdout, re.MULTILINE):
        if not Path(f"/proc/{number}").exists():
            with suppress(subprocess.CalledProcessError):
                _ip("netns", "del", name)
                _ip("link", "del", f"dalil{number}")


def _namespace(place: Place) -> str:
    return place.prefix[-1]


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)  # noqa: S603, S607  # ours
