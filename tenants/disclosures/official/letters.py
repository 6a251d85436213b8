"""The scan of a letter: checked, encrypted to the institution's records key, stored, recorded."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import IO
from uuid import uuid4

from infra import age, clock, object_keys, pdf
from infra.db import db
from infra.objects import ObjectStore
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.official.documents import SCAN_ALLOWED, Classification
from tenants.disclosures.official.models import Letter, OfficialRequest
from tenants.disclosures.records import records_recipient
from tenants.errors import Invalid

FIELD = "scan"
_LONGEST_NAME = 120
REFUSALS = {
    "empty": "上傳的檔案是空的（0 位元組）。請重新掃描後上傳。",
    "too_large": "檔案超過 20 MB。請以較低解析度（例如 300 dpi 黑白）重新掃描後上傳。",
    "not_pdf": "這個檔案不是 PDF，或已損毀。請上傳掃描的 PDF 檔，不要只改副檔名。",
    "encrypted": "這個 PDF 設有密碼或限制。請移除密碼後重新上傳。",
    "active": "這個 PDF 含有程式、外部動作或夾帶檔案。請重新列印或掃描成單純的 PDF 後上傳。",
    "too_many_pages": "頁數超過 300 頁。請只上傳文件本文。",
}


@dataclass(frozen=True, kw_only=True)
class Scan:
    """An uploaded PDF, not read yet. The stream is seekable and starts at the file's first byte."""

    file_name: str
    stream: IO[bytes]


@dataclass(frozen=True, kw_only=True)
class CheckedScan:
    """A scan that may be kept."""

    file_name: str
    file: pdf.PdfFile


def checked(scan: Scan | None, *, classification: Classification, required: bool) -> CheckedScan | None:
    """The scan, read and checked, before anything is written. Raises `Invalid`, field `scan`.

    At 密 or higher the platform keeps no scan, only the 字號; the paper is filed elsewhere (另存, section 8.4).
    """
    if classification not in SCAN_ALLOWED:
        if scan is not None:
            raise Invalid(
                f"密等為「{classification}」的公文不得上傳掃描檔。請移除檔案，公文另行送達機構保存。", field=FIELD
            )
        return None
    if scan is None:
        if required:
            raise Invalid("請上傳公文掃描檔（PDF）。電話或口頭不能作為調閱的依據。", field=FIELD)
        return None
    return read(scan)


def read(scan: Scan) -> CheckedScan:
    """Any scan of a paper, read and checked. Raises `Invalid`, field `scan`."""
    try:
        return CheckedScan(file_name=_plain_name(scan.file_name), file=pdf.check(scan.stream))
    except pdf.BadPdf as error:
        raise Invalid(REFUSALS[error.code], field=FIELD, code=error.code) from error


def keep(scan: CheckedScan, *, actor: Actor, disclosure: OfficialRequest, store: ObjectStore) -> Letter:
    """Store the scan and add its row.

    The object is put before the transaction commits: a lost commit leaves an orphan that nobody can read, while the
    other order could leave a case whose letter is missing.
    """
    letter_id = uuid4()
    recipient = records_recipient(tenant_id=disclosure.tenant_id, field=FIELD)
    key = object_keys.letter(tenant_id=disclosure.tenant_id, letter_id=letter_id)
    store.put(key, age.encrypt(scan.file.data, recipient))
    letter = Letter(
        id=letter_id,
        tenant_id=disclosure.tenant_id,
        disclosure_id=disclosure.id,
        agency_id=disclosure.agency_id,
        file_name=scan.file_name,
        size=len(scan.file.data),
        pages=scan.file.pages,
        sha256=scan.file.sha256,
        uploaded_at=clock.now(),
        uploaded_by=person(actor),
    )
    db.session.add(letter)
    audit.record(
        Event.LETTER_RECEIVED,
        tenant_id=disclosure.tenant_id,
        actor=actor,
        subject_id=disclosure.id,
        letter_id=str(letter_id),
        disclosure_id=str(disclosure.id),
        sha256=letter.sha256,
        bytes=letter.size,
    )
    return letter


def _plain_name(name: str) -> str:
    """A file name without folders or control characters, for showing only."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(character for character in last if character.isprintable())[:_LONGEST_NAME] or "公文.pdf"
