"""The scan of a letter that is not sent yet: uploaded once, and kept for its officer until the letter is sent.

Only the officer's page holds the key, so that it dies with the page, and an hour after it was last asked for.
"""

import io
import json
from dataclasses import dataclass

from flask import current_app

from infra import kept_shortly
from infra.settings import Settings
from tenants.disclosures.official import letters
from tenants.disclosures.official.actions import Scan
from tenants.errors import Invalid
from webapp.identify import acting_agency, actor

GONE = "先前上傳的掃描檔已逾時清除（保留一小時）。請重新選取，其他欄位都還在。"


@dataclass(frozen=True, kw_only=True)
class KeptScan:
    """A scan that may be kept, and what opens it again."""

    ticket: str
    file_name: str
    pages: int
    data: bytes

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.data)

    def scan(self) -> Scan:
        """As if it had just been uploaded."""
        return Scan(file_name=self.file_name, stream=io.BytesIO(self.data))

    def __repr__(self) -> str:
        """Neither the letter nor what opens it."""
        return f"KeptScan(size={self.size})"


def keep(scan: Scan, *, instead_of: str) -> KeptScan | None:
    """Keep a scan that is sound, in the place of another; None where it is not, or there is no room for it now."""
    try:
        read = letters.read(scan)
    except Invalid:
        return None  # the form tells what is wrong with it
    finally:
        scan.stream.seek(0)
    forget(instead_of)
    facts = json.dumps({"file_name": read.file_name, "pages": read.file.pages})
    settings: Settings = current_app.config["SETTINGS"]
    ticket = kept_shortly.keep(_owner(), facts.encode() + b"\n" + read.file.data, kind=settings.key_kind)
    if not ticket:
        return None
    return KeptScan(ticket=ticket, file_name=read.file_name, pages=read.file.pages, data=read.file.data)


def kept(ticket: str) -> KeptScan | None:
    """What this officer kept under a ticket."""
    held = kept_shortly.kept(_owner(), ticket) if ticket else None
    if held is None:
        return None
    facts, _, data = held.partition(b"\n")
    return KeptScan(ticket=ticket, data=data, **json.loads(facts))


def forget(ticket: str) -> None:
    """It is needed no longer: the letter was sent, or has another scan."""
    if ticket:
        kept_shortly.forget(_owner(), ticket)


def _owner() -> str:
    return f"{acting_agency()}:{actor().id}"
