"""Addresses of streams, and the passwords that people write into them.

A password stands before the host (`rtsp://user:password@host`), or among the parameters as some makers have it
(`...?user=admin&password=...`, also in the path). Split as FFmpeg splits it, so that no part of a password is taken for
a host.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

RTSP = ("rtsp://", "rtsps://")
CLIP = "clip:"
_PARTS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)(?P<authority>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_SECRET_PARAMETER = re.compile(r"(?i)\b(?P<name>(?:password|passwd|pwd|pass)=)[^&;/?#\s]+")
_SECRET_IN_TEXT = re.compile(r"(?i)\b(?P<name>(?:password|passwd|pwd|pass)=)[^&;/?#\s\"'\\]+")
_BEFORE_HOST = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^\s/?#\"'\\]+@")
HIDDEN = "***"


@dataclass(frozen=True)
class Login:
    """Who a camera lets in. The password does not show when this is printed."""

    user: str
    password: str = field(repr=False)


def without_password(address: str) -> str:
    """An address as it may stand in a log, on a screen, or in a file: no user, no password."""
    found = _PARTS.fullmatch(address)
    if address.startswith(CLIP) or found is None:
        return address
    host = found["authority"].rpartition("@")[2]
    return found["scheme"] + host + _SECRET_PARAMETER.sub(rf"\g<name>{HIDDEN}", found["rest"])


def hides_something(address: str) -> bool:
    """Whether an address holds what must not be shown."""
    return without_password(address) != address


def is_doubtful(address: str) -> bool:
    """Whether what follows the host may be the rest of a password: one with `/`, `?` or `#` in it ends the host."""
    found = _PARTS.fullmatch(address)
    return (
        not address.startswith(CLIP) and found is not None and "@" in _SECRET_PARAMETER.sub(r"\g<name>", found["rest"])
    )


def login_of(address: str) -> Login | None:
    """The user and password before the host; None where there are none."""
    found = _PARTS.fullmatch(address)
    before, at, _host = found["authority"].rpartition("@") if found is not None else ("", "", "")
    if not at:
        return None
    user, _, password = before.partition(":")
    return Login(unquote(user), unquote(password))


def with_login(address: str, login: Login) -> str:
    """The address that FFmpeg opens with this login; one that it had is replaced."""
    found = _PARTS.fullmatch(address)
    if address.startswith(CLIP) or found is None:
        return address
    before = f"{quote(login.user, safe='')}:{quote(login.password, safe='')}"
    return f"{found['scheme']}{before}@{found['authority'].rpartition('@')[2]}{found['rest']}"


def host_of(address: str) -> str:
    """The host in lower case, without port and brackets; empty where there is none."""
    found = _PARTS.fullmatch(address)
    host = found["authority"].rpartition("@")[2] if found is not None else ""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def scrubbed(text: str) -> str:
    """A line of text without the passwords of addresses in it: the last guard of logs."""
    return _SECRET_IN_TEXT.sub(rf"\g<name>{HIDDEN}", _BEFORE_HOST.sub(rf"\g<scheme>{HIDDEN}@", text))
