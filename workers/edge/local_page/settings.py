"""Where the page is shown, and the code that opens it from other machines. Of the code only a slow hash is kept."""

import fcntl
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from workers.edge.home import Home, write_durably
from workers.edge.locks import is_held

PORT = 8740
# Below are ports that only root may take, and the page is not shown by root.
PORTS = range(1024, 65536)
# Without letters and digits that are mistaken for one another when they are read aloud.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LETTERS = 10
_COST = {"n": 2**14, "r": 8, "p": 1}


@dataclass(frozen=True, kw_only=True)
class PageSettings:
    """`code_hash` is empty while only this machine may look."""

    port: int = PORT
    code_hash: str = ""
    salt: str = ""

    @property
    def address(self) -> str:
        """Where the page listens: on every interface only while a code guards it."""
        return "0.0.0.0" if self.code_hash else "127.0.0.1"  # noqa: S104 - asked for by `page --lan`, behind a code

    def opens(self, code: str) -> bool:
        """Whether this is the code. Takes as long for a wrong one."""
        said = _hash(_plain(code), self.salt)
        return bool(self.code_hash) and hmac.compare_digest(said, self.code_hash)


def load(home: Home) -> PageSettings:
    """As kept, or this machine alone where nothing is kept or can be read. A port that none can be is the usual one."""
    try:
        held = json.loads(path(home).read_text(encoding="utf-8"))
        port = int(held["port"])
        return PageSettings(
            port=port if port in PORTS else PORT, code_hash=str(held["code_hash"]), salt=str(held["salt"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return PageSettings()


def open_to_network(home: Home, *, port: int) -> str:
    """Show the page to the network too; the new code, which is said now and never again."""
    code, salt = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LETTERS)), secrets.token_hex(16)
    _keep(home, PageSettings(port=port, code_hash=_hash(code, salt), salt=salt))
    return f"{code[:5]}-{code[5:]}"


def close_to_network(home: Home, *, port: int) -> None:
    """Show the page to this machine alone. Codes and sessions of before open nothing any more."""
    _keep(home, PageSettings(port=port))


def move(home: Home, *, port: int) -> None:
    """Show the page at another port, to the same people: their code stays."""
    _keep(home, replace(load(home), port=port))


@contextmanager
def holding(home: Home, port: int) -> Iterator[None]:
    """While the page answers at this port: a file says at which, and its lock that it still does."""
    with _lock(home).open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write(str(port))
        file.flush()
        yield


def held_port(home: Home) -> int | None:
    """The port at which this box's own page answers now; None while it answers at none."""
    if not is_held(_lock(home)):
        return None
    said = _lock(home).read_text(encoding="ascii")
    return int(said) if said else None


def taken_words(port: int) -> str:
    """What to do where nobody, or another program of this machine, is at the page's port."""
    free = port + 1 if port + 1 in PORTS else PORT
    return (
        f"連接埠 {port} 上不是這台邊緣主機的狀態頁，可能已被其他程式使用。"
        f"請換一個連接埠，例如：sudo shouyuan-edge page --port {free}"
    )


def path(home: Home) -> Path:
    """Where the settings lie."""
    return home.folder / "page.json"


def _lock(home: Home) -> Path:
    return home.folder / "page.lock"


def _keep(home: Home, settings: PageSettings) -> None:
    write_durably(path(home), json.dumps(asdict(settings)).encode())


def _plain(code: str) -> str:
    return code.strip().replace("-", "").replace(" ", "").upper()


def _hash(code: str, salt: str) -> str:
    return hashlib.scrypt(code.encode(), salt=salt.encode(), **_COST).hex()
