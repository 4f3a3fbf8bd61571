"""Nodes of OpenSearch as processes of their own: started, asked, killed, stopped for a while, started again.

A node keeps its port, name and data over a restart, as a machine of a cluster does. It ends with the process
that started it, however that one ends (OneNode.java).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from .software import HERE, Software

PATIENCE_S = 180.0
"""How long a node may take to answer: 6 s alone, a minute for three beside other work on two cores."""
HEAP_MB = 512
QUICK_TO_NOTICE = {
    "cluster.fault_detection.follower_check.timeout": "2s",
    "cluster.fault_detection.follower_check.retry_count": "2",
    "cluster.fault_detection.leader_check.timeout": "2s",
    "cluster.fault_detection.leader_check.retry_count": "2",
    "cluster.publish.timeout": "5s",
}
"""As examples/cluster/compose.yaml has it: a node that hangs is left out after 6 s; without, after 33 s."""


class NodeFailed(Exception):
    """A node ended, or does not answer; the message carries the end of its log."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is and what it is called."""

    name: str
    http_port: int
    transport_port: int
    host: str = "127.0.0.1"
    prefix: tuple[str, ...] = ()
    """What stands before the command, such as `ip netns exec NAME`."""

    @property
    def url(self) -> str:
        """The address that clients ask."""
        return f"http://{self.host}:{self.http_port}"


@dataclass(slots=True)
class Node:
    """One node: where it is, its folder, and its process while it has one."""

    place: Place
    folder: Path
    software: Software
    settings: Mapping[str, str] = field(default_factory=dict)
    heap_mb: int = HEAP_MB
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address that clients ask."""
        return self.place.url

    @property
    def name(self) -> str:
        """Its name in the cluster."""
        return self.place.name

    def start(self) -> None:
        """Begin to start; `wait` says when it answers."""
        assert self._process is None or self._process.poll() is not None, f"{self.name} runs"
        (self.folder / "config").mkdir(parents=True, exist_ok=True)
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own command
                self._command(), stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self, patience_s: float = PATIENCE_S) -> None:
        """Return when it answers. Raises `NodeFailed`."""
        until = time.monotonic() + patience_s
        while self.alive and time.monotonic() < until:
            with suppress(OSError):
                self.ask("/", timeout_s=2)
                return
            time.sleep(0.1)
        raise NodeFailed(f"{self.name} {'does not answer' if self.alive else 'ended'}: {self.log_end()}")

    @property
    def alive(self) -> bool:
        """Whether its process runs, stopped or not."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End it as a power cut of its machine does: at once, nothing finished."""
        if self._process:
            self._process.kill()
            self._ended(self._process)

    def stop(self) -> None:
        """End it in order."""
        if self._process and self._process.stdin:
            self.resume()
            with suppress(OSError):
                self._process.stdin.close()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()
            self._ended(self._process)

    def freeze(self) -> None:
        """Let it hang, its connections open and nothing answered (SIGSTOP)."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """End `freeze`."""
        self._signal(signal.SIGCONT)

    def ask(
        self, path: str, body: object = None, *, method: str | None = None, timeout_s: float = 10.0
    ) -> Any:
        """What it answers at a path, as JSON. Raises `HTTPError`, and another `OSError` without answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310  # a node of ours
            self.url + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:  # noqa: S310  # a node of ours
            return json.load(answer)

    def log_end(self, lines: int = 40) -> str:
        """The last lines of what it said."""
        if not self._log_path.is_file():
            return "(no log)"
        text = self._log_path.read_text("utf-8", errors="replace").splitlines()
        return "\n" + "\n".join(line[:400] for line in text[-lines:])

    @property
    def _log_path(self) -> Path:
        return self.folder / "node.log"

    def _command(self) -> list[str]:
        settings = {
            "cluster.name": "dalil-tests",
            "path.home": str(self.folder),
            "node.name": self.place.name,
            "network.host": self.place.host,
            "http.port": str(self.place.http_port),
            "transport.port": str(self.place.transport_port),
            "http.type": "netty4",
            "transport.type": "netty4",
            # The disk of a developer may be nearly full; a test that wants a full one sets marks of its own.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            **self.settings,
        }
        return [
            *self.place.prefix,
            str(self.software.java),
            f"-Xms{self.heap_mb // 2}m",
            f"-Xmx{self.heap_mb}m",
            # Small machines and short lives: the simple collector, and the quick compiler only.
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+AutoCreateSharedArchive",
            f"-XX:SharedArchiveFile={self.software.shared_classes}",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            f"-Dlog4j.configurationFile={HERE / 'log4j2.properties'}",
            "-cp",
            self.software.class_path,
            "OneNode",
            *(f"{name}={value}" for name, value in settings.items()),
        ]

    def _signal(self, number: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            # Its group: `ip netns exec` may stand before it.
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    @staticmethod
    def _ended(process: subprocess.Popen[bytes]) -> None:
        process.wait()
        stdin: BinaryIO | None = process.stdin  # type: ignore[assignment]  # typed as any stream
        if stdin:
            with suppress(OSError):
                stdin.close()


@dataclass(frozen=True, slots=True)
class Cluster:
    """Nodes that know each other."""

    nodes: tuple[Node, ...]

    @property
    def urls(self) -> list[str]:
        """The addresses of all nodes, running or not."""
        return [node.url for node in self.nodes]

    def pick(self, *, manager: bool) -> Node:
        """The node that manages the cluster now, or the first that does not."""
        (row,) = self.nodes[0].ask("/_cat/cluster_manager?format=json")
        return next(node for node in self.nodes if (node.name == row["node"]) == manager)

    def start(self) -> None:
        """Start what does not run, and wait until all answer and have found each other."""
        for node in self.nodes:
            if not node.alive:
                node.start()
        for node in self.nodes:
            node.wait()
        self.wait_for_status("yellow", nodes=len(self.nodes))

    def wait_for_status(
        self, status: str = "green", *, nodes: int | None = None, patience_s: float = PATIENCE_S
    ) -> None:
        """Return when the cluster is as well as that, or better. Raises `NodeFailed`."""
        wanted = nodes if nodes is not None else sum(node.alive for node in self.nodes)
        path = f"/_cluster/health?wait_for_status={status}&wait_for_nodes=%3E%3D{wanted}&timeout=5s"
        path += "&wait_for_no_initializing_shards=true" if status == "green" else ""
        until = time.monotonic() + patience_s
        said: object = "nothing"
        while time.monotonic() < until:
            for node in self.nodes:
                try:
                    said = node.ask(path, timeout_s=10)
                except OSError as error:
                    said = error.read()[:300] if isinstance(error, urllib.error.HTTPError) else error
                else:
                    return
            time.sleep(0.2)
        logs = "\n".join(f"{node.name}: {node.log_end(15)}" for node in self.nodes)
        raise NodeFailed(f"the cluster is not {status} with {wanted} nodes, it says {said!r}\n{logs}")


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [taken.getsockname()[1] for taken in sockets]


def local_places(count: int) -> list[Place]:
    """Places for so many nodes on this machine."""
    ports = free_ports(2 * count)
    return [Place(f"node-{n + 1}", ports[2 * n], ports[2 * n + 1]) for n in range(count)]


@contextmanager
def running(
    folder: Path,
    software: Software,
    places: Sequence[Place],
    settings: Mapping[str, str] | None = None,
) -> Iterator[Cluster]:
    """A cluster of new nodes in a folder, until the block ends. Raises `NodeFailed`."""
    if len(places) == 1:
        together = {"discovery.type": "single-node"}
    else:
        together = {
            "discovery.seed_hosts": ",".join(f"{place.host}:{place.transport_port}" for place in places),
            "cluster.initial_cluster_manager_nodes": ",".join(place.name for place in places),
            **QUICK_TO_NOTICE,
        }
    common = {"path.repo": str(folder / "snapshots"), **together, **(settings or {})}
    cluster = Cluster(tuple(Node(place, folder / place.name, software, common) for place in places))
    with ExitStack() as stack:
        for node in cluster.nodes:
            stack.callback(node.kill)
        cluster.start()
        yield cluster
