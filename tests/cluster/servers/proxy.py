"""nginx before a node: TLS with a certificate of our own authority, and a password.

Plain OpenSearch has neither. The configuration is that of examples/cluster, with other addresses and folders.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .nodes import free_ports
from .software import Missing

USER = "dalil"
PASSWORD = "mật khẩu: thử"  # noqa: S105  # "password: try", of a server that ends with the tests
EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "cluster" / "nginx.conf"
_FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True, slots=True)
class Proxy:
    """What a client must know of it."""

    port: int
    authority: Path
    """The certificate to trust, PEM."""
    other_authority: Path
    """One that has signed nothing here."""

    @property
    def url(self) -> str:
        """Its address by the name that its certificate carries."""
        return f"https://localhost:{self.port}"

    @property
    def url_of_another_name(self) -> str:
        """The same server by a name that its certificate does not carry."""
        return f"https://127.0.0.1:{self.port}"


@contextmanager
def proxy_before(target: str, folder: Path) -> Iterator[Proxy]:
    """nginx before the node with that address, until the block ends. Raises `Missing`."""
    nginx = _command("nginx", "nginx-light")
    openssl = _command("openssl", "openssl")
    authority = _authority(openssl, folder, "authority")
    other = _authority(openssl, folder, "other")
    _server_certificate(openssl, folder)
    hashed = _said(openssl, "passwd", "-6", PASSWORD)
    (folder / "passwords").write_text(f"{USER}:{hashed}\n", encoding="utf-8")
    # Workers of nginx are another user where its master is root.
    folder.chmod(0o755)
    port = free_ports(1)[0]
    configuration = folder / "nginx.conf"
    configuration.write_text(_configuration(folder, port, target), "utf-8")
    # As root it would go on as nobody, who may not read what pytest keeps for itself.
    as_self = "user root; " if os.geteuid() == 0 else ""
    directives = f"{as_self}daemon off; error_log stderr; pid {folder}/nginx.pid; worker_processes 1;"
    command = [nginx, "-p", str(folder), "-c", str(configuration), "-e", "stderr", "-g", directives]
    log = folder / "nginx.log"
    with log.open("wb") as written:
        process = subprocess.Popen(command, stdout=written, stderr=written)  # noqa: S603  # our own command
    try:
        _wait(port, process, log)
        yield Proxy(port, authority, other)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _configuration(folder: Path, port: int, target: str) -> str:
    """The example's text for this machine; a part that is not there any more fails here, not in silence."""
    text = EXAMPLE.read_text("utf-8")
    node = target.removeprefix("http://")
    replaced = [
        (r"/etc/nginx/secrets", str(folder)),
        (r"listen 9243 ssl", f"listen 127.0.0.1:{port} ssl"),
        (r"server search-1:9200", f"server {node}"),
        (r" *server search-[23]:9200.*\n", ""),
        (r"http \{", "http { access_log off; " + "".join(f"{n}_temp_path {folder}/{n}; " for n in _FOLDERS)),
    ]
    for old, new in replaced:
        text, count = re.subn(old, new, text)
        assert count, f"{EXAMPLE} has no {old}"
    return text


def _command(name: str, package: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise Missing(f"no {name}: apt-get install {package}")
    return found


def _said(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # ours
    return done.stdout.strip()


def _authority(openssl: str, folder: Path, name: str) -> Path:
    certificate = folder / f"{name}.pem"
    made = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN=Dalil test {name}"]
    _said(openssl, "req", *made, "-keyout", str(folder / f"{name}.key"), "-out", str(certificate))
    return certificate


def _server_certificate(openssl: str, folder: Path) -> None:
    request, extensions = folder / "server.csr", folder / "server.ext"
    extensions.write_text("subjectAltName=DNS:localhost\n", encoding="ascii")
    key = str(folder / "server.key")
    made = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    _said(openssl, "req", *made, "-keyout", key, "-out", str(request))
    signed_by = ["-CA", str(folder / "authority.pem"), "-CAkey", str(folder / "authority.key")]
    signed = ["-req", "-days", "2", "-CAcreateserial", "-extfile", str(extensions), *signed_by]
    _said(openssl, "x509", *signed, "-in", str(request), "-out", str(folder / "server.pem"))


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nginx does not listen: {log.read_text('utf-8', errors='replace')[-2000:]}")
