"""An officer's electronic official document, read to fill a form that the officer then confirms (KH-6-1e, 8.4).

Nothing of it is kept and nothing is believed silently: what is unusual comes back as sentences, and a file that would
have had us open something else is recorded in the platform's chain.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, TypeVar

from infra import document_packages, official_documents
from infra.db import db
from infra.document_packages import BadPackage, Package
from infra.tenancy import Binding, bound
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.official.documents import SCAN_ALLOWED, Classification, Urgency
from tenants.disclosures.official.letters import REFUSALS as SCAN_REFUSALS
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry.rules import folded_name

FIELD = "electronic"
_DAMAGED = "這個檔案不是電子公文，或已損毀。請由公文系統重新匯出 .di、.xml 或 .zip 檔。"
REFUSALS = {
    "empty": "上傳的檔案是空的（0 位元組）。請由公文系統重新匯出。",
    "too_large": "檔案太大：公文本文上限 1 MB，含附件合計上限 20 MB。錄影或大量圖片請另行提供。",
    "bomb": "壓縮檔解開後過大，沒有讀取。請只上傳公文本文與附件。",
    "too_many": "壓縮檔內的檔案或公文的內容過多，沒有讀取。請只上傳一件公文與其附件。",
    "unsafe": "壓縮檔含有不安全的路徑、連結或重複的檔名，沒有讀取。請由公文系統重新匯出。",
    "encrypted": "這個壓縮檔設有密碼。請移除密碼後重新上傳。",
    "no_document": "壓縮檔內找不到電子公文（.di 或 .xml）。請由公文系統重新匯出。",
    "several_documents": "壓縮檔內有數件公文。請一次上傳一件。",
    "not_a_letter": "這個檔案不是公文。請上傳公文系統匯出的 .di 或 .xml 檔。",
    "encoding": "檔案的文字編碼無法辨識。請由公文系統以 UTF-8 或 Big5 重新匯出。",
    "entities": "檔案含有不應出現的實體宣告，沒有讀取。請由公文系統重新匯出。",
    "too_deep": _DAMAGED,
    "not_xml": _DAMAGED,
    "not_zip": _DAMAGED,
}
S = TypeVar("S", Urgency, Classification)
_TOLD = 5  # so many names of a list are enough for a person to recognise what is meant


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the file says, as far as a form can take it. `body` is 說明 and 辦法, a line for each item.

    Of a letter at 密 or higher only what finds it again is read: number, date, 速別, 密等 (8.4). `warnings` are
    sentences for the officer; `recipients` the names of 正本.
    """

    number: str
    dated: date | None
    urgency: Urgency
    classification: Classification
    subject: str
    body: tuple[str, ...]
    officer: str
    phone: str
    recipients: tuple[str, ...]
    warnings: tuple[str, ...]


def read_document(*, actor: Actor, stream: IO[bytes]) -> Reading:
    """Read a DI file or the package it came in. Raises `Invalid`, field `electronic`, with a sentence for its fault."""
    actor.require(Permission.DISCLOSURE_FILE)
    try:
        package = document_packages.read(stream)
    except BadPackage as error:
        raise Invalid(REFUSALS.get(error.code, _DAMAGED), field=FIELD, code=error.code) from error
    _record_outside(package, actor)
    return _reading(package, asked_by=_own_name(actor))


def _record_outside(package: Package, actor: Actor) -> None:
    outside = package.document.outside
    if not outside:
        return
    bureau_id = registry.bureau().id
    with bound(db.session, Binding(tenant_id=bureau_id)):
        audit.record(
            Event.DOCUMENT_REACHED_OUT,
            tenant_id=bureau_id,
            actor=actor,
            agency_id=str(actor.agency_id),
            count=len(outside),
        )


def _own_name(actor: Actor) -> str:
    return registry.agency(agency_id=actor.agency_id).name if actor.agency_id is not None else ""


def _reading(package: Package, *, asked_by: str) -> Reading:
    document = package.document
    urgency = _one_of(Urgency, document.urgency)
    classification = _one_of(Classification, document.classification)
    may_lie_here = classification in SCAN_ALLOWED
    body = [line for each in document.paragraphs for line in (each.text, *each.items) if line]
    return Reading(
        number=document.number.text,
        dated=document.dated,
        urgency=urgency or Urgency.NONE,
        classification=classification or Classification.NONE,
        subject=document.subject if may_lie_here else "",
        body=tuple(body) if may_lie_here else (),
        officer=document.contact.person,
        phone=document.contact.phone,
        recipients=tuple(party.name for party in document.recipients),
        warnings=tuple(_warnings(package, asked_by, urgency=urgency, classification=classification)),
    )


def _one_of(kind: type[S], written: str) -> S | None:
    """The value as the form knows it; None for one that it does not know."""
    try:
        return kind(written.strip())
    except ValueError:
        return None


def _warnings(
    package: Package, asked_by: str, *, urgency: Urgency | None, classification: Classification | None
) -> Iterator[str]:
    document = package.document
    if document.agency.name and folded_name(document.agency.name) != folded_name(asked_by):
        yield f"檔案的發文機關是「{document.agency.name}」，與貴機關「{asked_by}」不同，請確認是否拿錯檔案。"
    if urgency is None:
        yield f"檔案的速別是「{document.urgency}」，請依公文選擇。"
    if classification is None:
        yield f"檔案的密等是「{document.classification}」，無法辨識，請依公文選擇；密以上的公文不得上傳掃描檔。"
    elif classification not in SCAN_ALLOWED:
        yield f"公文的密等是「{classification}」，只帶入字號、日期、速別與密等；公文另行送達機構保存，不得上傳掃描檔。"
    yield from (official_documents.WARNINGS[code] for code in document.warnings)
    if package.attachments:
        yield f"附件 {_named([each.name for each in package.attachments])}沒有保存，請與公文本文合併掃描後上傳。"
    for left in package.left_out[:_TOLD]:
        yield f"附件「{left.name}」不能使用：{SCAN_REFUSALS[left.code]}"


def _named(names: list[str]) -> str:
    more = f"等 {len(names)} 件" if len(names) > _TOLD else ""
    return "、".join(f"「{name}」" for name in names[:_TOLD]) + more
