"""How the way to the service looks from here, without the library: proxy, certificates, clock."""

from __future__ import annotations

import base64
import email.utils
import http.client
import os
import time
import urllib.parse
import urllib.request

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from typing import Any

# In the order in which the library asks them.
_VARIABLES = ("ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def proxy_of(given: str | None, base_url: str) -> tuple[str | None, str]:
    """The proxy that the library uses, and where that was found."""
    host = urllib.parse.urlsplit(base_url).hostname or ""
    if given is not None:
        return (given or None, "--proxy")
    if host in ("localhost", "::1") or host.startswith("127."):
        return (None, "the service is on this machine")
    for name in _VARIABLES:
        if value := os.environ.get(name):
            if urllib.request.proxy_bypass(host):
                return (None, f"NO_PROXY has {host}, though {name} is set")
            return (value, name)
    return (None, "no variable names one")


def redacted(address: str) -> str:
    """An address without the user and password in it.

    >>> redacted("http://anna:secret@proxy.example:3128")
    'http://***@proxy.example:3128'
    """
    head, separator, rest = address.rpartition("@")
    if not separator:
        return address
    scheme, slashes, _ = head.partition("://")
    return f"{scheme}://***@{rest}" if slashes else f"***@{rest}"


class Look:
    """One answer of the service, as Python's own HTTP sees it."""

    def __init__(self, base_url: str, proxy: str | None, ca_file: str | None) -> None:
        self.protocol: str | None = None
        """Version of TLS; None where there is none."""
        self.chain: list[str] = []
        """Names of the certificates, the service's own first."""
        self.expires: str | None = None
        """When the service's certificate ends."""
        self.skew: float | None = None
        """Seconds that this clock is ahead of the service's."""
        self._ask(urllib.parse.urlsplit(base_url), proxy, ca_file)

    def _ask(self, url: urllib.parse.SplitResult, proxy: str | None, ca_file: str | None) -> None:
        secure = url.scheme == "https"
        connection = _connection(url, proxy, ca_file)
        try:
            connection.connect()
            if secure:
                self._read_certificates(connection.sock)
            target = f"{url.path}/status/version"
            if proxy and not secure:
                target = f"http://{url.netloc}{target}"
            sent = time.time()
            connection.request("GET", target, headers={"User-Agent": "mdcloud-doctor"})
            answer = connection.getresponse()
            now = (sent + time.time()) / 2
            if said := answer.headers.get("Date"):
                self.skew = now - email.utils.parsedate_to_datetime(said).timestamp()
            answer.read()
        finally:
            connection.close()

    def _read_certificates(self, socket: Any) -> None:
        self.protocol = socket.version()
        own = socket.getpeercert() or {}
        self.expires = own.get("notAfter")
        self.chain = [_name(own.get("subject")), _name(own.get("issuer"))]
        inner: Any = getattr(socket, "_sslobj", None)
        if hasattr(inner, "get_verified_chain"):  # public from Python 3.13 on, there under this name before
            self.chain = [_name(each.get_info().get("subject")) for each in inner.get_verified_chain()]


def _connection(
    url: urllib.parse.SplitResult, proxy: str | None, ca_file: str | None
) -> http.client.HTTPConnection:
    secure = url.scheme == "https"
    host, port = url.hostname or "", url.port or (443 if secure else 80)
    if secure and proxy is None:
        return http.client.HTTPSConnection(host, port, timeout=10, context=_context(ca_file))
    if proxy is None:
        return http.client.HTTPConnection(host, port, timeout=10)
    through = urllib.parse.urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if through.scheme != "http":
        raise OSError(f"not looked at through a proxy of the kind {through.scheme}")
    via, via_port = through.hostname or "", through.port or 80
    if not secure:
        return http.client.HTTPConnection(via, via_port, timeout=10)
    connection = http.client.HTTPSConnection(via, via_port, timeout=10, context=_context(ca_file))
    connection.set_tunnel(host, port, _authorization(through))
    return connection


def _context(ca_file: str | None) -> ssl.SSLContext:
    import ssl  # here, as there are Pythons without it, and other commands

    context = ssl.create_default_context()
    # Python 3.13 asks more of certificates than the library does, and than many companies' roots have.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _authorization(proxy: urllib.parse.SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    pair = f"{urllib.parse.unquote(proxy.username)}:{urllib.parse.unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _name(parts: Any) -> str:
    """The common name of a certificate, or the organisation."""
    names = {key: value for part in parts or () for key, value in part}
    return str(names.get("commonName") or names.get("organizationName") or "?")
