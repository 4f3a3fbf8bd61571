"""nginx before a node: TLS with a certificate of our own authority, and a password.

Plain OpenSearch has neither; docs/cluster.md shows the same arrangement for a small cluster.
"""

from __future__ import annotations

import os
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
PASSWORD = "mat khau: thu"  # noqa: S105  # of a server that ends with the tests
_CONFIGURATION = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_max_body_size 100m;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        auth_basic "OpenSearch";
        auth_basic_user_file {folder}/passwords;
        location / {{
            proxy_pass {target};
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Authorization "";
        }}
    }}
}}
"""


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
    configuration.write_text(_CONFIGURATION.format(folder=folder, port=port, target=target), "utf-8")
    # As root it would go on as nobody, who may not read what pytest keeps for itself.
    as_self = "user root;" if os.geteuid() == 0 else ""
    command = [nginx, "-p", str(folder), "-c", str(configuration), "-e", "stderr", "-g", as_self]
    log = folder / "nginx.log"
    with log.open("wb") as written:
        process = subprocess.Popen(command, stdout=written, stderr=written)  # noqa: S603  # our own command
    try:
        _wait(port, process, log)
        yield Proxy(port, authority, other)
    finally:
        process.terminate()
        process.wait(timeout=30)


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
