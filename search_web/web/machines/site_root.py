"""Where this site is, for addresses that leave it: feeds, site maps, descriptions for browsers.

What a client writes in its `Host` header is believed for this machine's own names alone: a cache between us
and readers would otherwise hand an address of a stranger's choice to everybody. An operator names the site by
the setting `public_url`; without it, other hosts get addresses without a host.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import abort, current_app, request

KEY = "DALIL_PUBLIC_URL"
"""In the application's configuration: `WebConfig.public_url`."""


def site_root() -> str:
    """`https://news.example`, or nothing where no one has said where the site is."""
    configured: str = current_app.config.get(KEY, "")
    if configured:
        return configured.rstrip("/")
    # Flask gives no host where the header holds other characters than a host has.
    return f"{request.scheme}://{request.host}" if is_own_host(request.host) else ""


def absolute(path: str) -> str:
    """A path of ours as it is to be reached from elsewhere."""
    return site_root() + path


def root_or_404() -> str:
    """Where this site is; what holds absolute addresses only is not there before somebody has said it."""
    root = site_root()
    if not root:
        abort(404, "the address of this site is not known; set public_url in dalil.toml")
    return root


def is_own_host(host: str) -> bool:
    """Whether a host, with its port or without, names the machine it is asked on.

    >>> is_own_host("localhost:8080"), is_own_host("[::1]"), is_own_host("127.0.0.1.example")
    (True, True, False)
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
