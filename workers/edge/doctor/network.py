"""The way to the server and to the store: name, connection, certificate, and what stands in between."""

import os
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from workers.edge.doctor.findings import Finding

_SECONDS = 5.0
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_PORTS = {"http": 80, "https": 443}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def way_to(address: str, *, check: str, title: str, environment: Mapping[str, str] = os.environ) -> Finding:
    """Whether a connection to an address comes about, step by step, and at which step it fails."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        words = "網址不正確，應以 https:// 開頭。請重新註冊。"
        return Finding(check=check, title=title, good=False, words=words)
    failed = _fault(host, port, tls=parts.scheme == "https")
    if failed and any(environment.get(name) for name in _PROXIES):
        failed += "這台主機設了代理伺服器，但錄影程式不經代理連線；請在防火牆放行直接連線。"
    facts: dict[str, int | float | str] = {"host": host, "port": port}
    if failed:
        return Finding(check=check, title=title, good=False, words=failed, facts=facts)
    if parts.scheme != "https" and host not in _HERE:
        words = f"連得到 {host}，但連線沒有加密（http）。請洽平台維運人員改用 https。"
        return Finding(check=check, title=title, good=False, words=words, facts=facts)
    return Finding(check=check, title=title, good=True, words=f"連得到 {host}（連接埠 {port}）。", facts=facts)


def _fault(host: str, port: int, *, tls: bool) -> str:
    """What fails first and what to do; empty when nothing does."""
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return f"查不到 {host} 的位址。請檢查 DNS 設定與網路線。"
    try:
        with socket.create_connection((host, port), timeout=_SECONDS) as line:
            return _tls_fault(line, host) if tls else ""
    except OSError:
        return f"連不到 {host} 的連接埠 {port}。請檢查網路，並請學校或區網中心在防火牆放行。"


def _tls_fault(line: socket.socket, host: str) -> str:
    try:
        with ssl.create_default_context().wrap_socket(line, server_hostname=host):
            return ""
    except ssl.SSLCertVerificationError as error:
        reason = error.verify_message
        return (
            f"{host} 的憑證無法驗證（{reason}）。請先確認主機時間；若網路有檢查加密連線的設備，請將這台主機列為例外。"
        )
    except (ssl.SSLError, OSError):
        return f"與 {host} 的加密連線中斷。可能有設備攔截，請洽網路管理人員。"
