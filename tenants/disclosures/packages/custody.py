"""The paper of custody inside a package (監錄資料保管鏈紀錄): its facts, read at the moment of the build (DR-07).

It names who asked and who consented as the case and the register do. Of an insider it names nobody: that copy is for
looking at only and the form has the name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from infra import typesetting
from infra.archives import Entry
from infra.db import db
from infra.timestamps import Timestamp
from infra.typesetting import FontsMissing
from infra.typesetting_apart import typeset_apart
from tenants.audit import proofs
from tenants.audit.events import Event
from tenants.audit.proofs import Anchored
from tenants.disclosures.lifecycle import STATE_NAMES
from tenants.disclosures.models import Disclosure, DisclosureState
from tenants.disclosures.official.handover import DUTY_NOTICE
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.manifest import MANIFEST_NAME
from tenants.disclosures.packages.papers import Draft
from tenants.forms.custody import (
    Custody,
    CustodyAct,
    CustodyFile,
    CustodyGap,
    CustodyWindow,
    custody_sheet,
)
from tenants.forms.sheet import Imprint, Sheet
from tenants.people.models import User
from tenants.registry.regulations import profile_version
from tenants.roc_dates import format_instant, short_date

ACT_NAMES: Mapping[Event, str] = {
    Event.DISCLOSURE_FILED: "收文",
    Event.LETTER_RECEIVED: "收到公文掃描檔",
    Event.APPLICATION_FILED: "收到申請單",
    Event.HOLD_CALLED_FOR: "緊急保全",
    Event.HOLD_PLACED: "先行保全",
    Event.HOLD_TAKEN_OVER: "由本案承接緊急保全",
    Event.HOLD_COPIED: "複製保全影像",
    Event.HOLD_EXTENDED: "延長保全",
    Event.DISCLOSURE_RETURNED: "退請補正",
    Event.DISCLOSURE_COMPLETED: "補正",
    Event.DISCLOSURE_DECIDED: "審核決定",
}
NO_STAMP: Mapping[str, str] = {
    "": "本系統未設定時戳機構，本封裝沒有時戳。",
    "unreachable": "時戳機構無法連線，本封裝沒有時戳。",
    "slow": "時戳機構逾時未回應，本封裝沒有時戳。",
    "refused": "時戳機構拒絕簽發，本封裝沒有時戳。",
}
_NO_GOOD_STAMP = "時戳機構的回應不正確，未予採用，本封裝沒有時戳。"
_ROOT_SHOWN = 16


@dataclass(frozen=True, kw_only=True)
class Vouching:
    """What vouches for a package. `stamp` is the authority's answer, or why there is none (a code of `NoTimestamp`)."""

    manifest_sha256: str
    certificate_sha256: str
    certificate_ends_at: datetime
    stamp: Timestamp | str
    head: tuple[int, str]
    at: datetime


def custody_sheet_of(disclosure: Disclosure, draft: Draft, files: Sequence[Entry], by: Vouching) -> Sheet:
    """The paper as a sheet. A character that no font has is written as its number, so that no name stops it."""
    heading, acts = draft.heading, _anchored(disclosure)
    return custody_sheet(
        Custody(
            case=_case(disclosure, draft),
            windows=_windows(draft),
            gaps=_gaps(draft),
            files=[CustodyFile(name=file.name, bytes=file.bytes, sha256=file.sha256) for file in files],
            proofs=_proofs(by, acts),
            acts=[_act(each) for each in acts],
            how=_HOW,
            duty=DUTY_NOTICE,
        ),
        imprint=Imprint(
            institution=heading.institution,
            printed_at=by.at,
            printed_by="系統",
            case=heading.serial,
        ),
    )


def as_pdf(sheet: Sheet) -> bytes | None:
    """The paper typeset, not signed yet; None on a machine without the fonts. A character without a glyph is numbered.

    A form can be refused and typed anew, but a copy ordered months ago must not fail on a camera's name (DR-23).
    """
    try:
        return typeset_apart(sheet.template, sheet.data, at=sheet.at, faces=typesetting.DEFAULT)
    except FontsMissing:
        return None


def as_text(sheet: Sheet) -> bytes:
    """The same words without a face, for that machine."""
    lines = [sheet.data["title"], "（製作的主機沒有公文字型，本紀錄為純文字，由機構對檔案清單的簽章涵蓋。）"]
    for section in sheet.data["sections"]:
        rows = [section["columns"], *section["rows"]] if section["columns"] else section["rows"]
        lines += ["", section["title"], *("　".join(row) for row in rows), *section["words"]]
    return ("\n".join(lines) + "\n").encode()


def _case(disclosure: Disclosure, draft: Draft) -> list[tuple[str, str]]:
    heading = draft.heading
    asked = disclosure if isinstance(disclosure, OfficialRequest) else None
    rules = profile_version(disclosure.profile, disclosure.profile_version)
    return [
        ("機構", heading.institution),
        ("案號", heading.serial),
        ("來文機關", heading.agency),
        ("來文日期、字號", f"{heading.document_date} {heading.document_number}".strip()),
        ("申請人", f"{asked.officer_title} {asked.officer_name}" if asked else "依申請單，不載於本紀錄"),
        ("送件時間", format_instant(disclosure.filed_at)),
        ("核決", _decided(disclosure)),
        ("適用規定", f"{rules.name}（{rules.citation}）"),
        ("封裝識別碼", str(heading.package_id)),
    ]


def _decided(disclosure: Disclosure) -> str:
    head = db.session.get(User, disclosure.decided_by) if disclosure.decided_by else None
    words = STATE_NAMES[DisclosureState(disclosure.state)]
    at = format_instant(disclosure.decided_at) if disclosure.decided_at else ""
    by = (
        (head.title, head.name, f"（{disclosure.decided_acting}）" if disclosure.decided_acting else "") if head else ()
    )
    return " ".join(part for part in (words, *by, at) if part)


def _windows(draft: Draft) -> list[CustodyWindow]:
    contents = draft.contents
    return [
        CustodyWindow(
            camera=window.camera,
            asked=(window.asked_from, window.asked_until),
            approved=(window.started_at, window.ended_at),
            clock=contents.clocks[window.id].words,
        )
        for window in contents.windows
    ]


def _gaps(draft: Draft) -> list[CustodyGap]:
    return [
        CustodyGap(
            camera=window.camera,
            started_at=gap.started_at,
            ended_at=gap.ended_at,
            causes=gap.words,
        )
        for window in draft.contents.windows
        for gap in draft.contents.gaps[window.id]
    ]


def _proofs(by: Vouching, acts: Sequence[Anchored]) -> list[tuple[str, str]]:
    seq, newest = by.head
    authorities = sorted({each.stamped.authority for each in acts if each.stamped is not None})
    return [
        (f"清單指紋（{MANIFEST_NAME} 的 SHA-256）", by.manifest_sha256),
        ("機構憑證指紋（SHA-256）", by.certificate_sha256),
        ("憑證有效期限", f"至 {format_instant(by.certificate_ends_at)}"),
        ("簽章", "本紀錄與封裝的檔案清單均以機構自有的金鑰簽署；憑證由機構自行簽發。"),
        ("時戳", _stamped(by.stamp)),
        ("稽核軌跡最末筆", f"第 {seq} 筆，雜湊 {newest}（涵蓋其前每一筆）"),
        ("每日錨定的時戳", f"由 {'、'.join(authorities)} 簽發，時間見六" if authorities else "六所列的錨定均無時戳"),
    ]


def _stamped(stamp: Timestamp | str) -> str:
    if isinstance(stamp, str):
        return NO_STAMP.get(stamp, _NO_GOOD_STAMP)
    return f"{format_instant(stamp.at)}，由 {stamp.authority} 簽發（{MANIFEST_NAME}.tsr）"


def _anchored(disclosure: Disclosure) -> list[Anchored]:
    subjects: list[UUID] = [disclosure.id, *([disclosure.hold_id] if disclosure.hold_id else [])]
    return proofs.anchored_all(tenant_id=disclosure.tenant_id, events=ACT_NAMES, subject_ids=subjects)


def _act(each: Anchored) -> CustodyAct:
    names = {event.key: words for event, words in ACT_NAMES.items()}
    head = each.head
    anchored = "尚未錨定（次日錨定）"
    if head is not None:
        signed = "" if head.signature else "，未會簽"
        stamped = f"，時戳 {format_instant(each.stamped.at)}" if each.stamped is not None else "，沒有時戳"
        anchored = f"{short_date(head.day)}，共 {head.size} 筆，樹根 {head.root[:_ROOT_SHOWN]}…{signed}{stamped}"
    return CustodyAct(seq=each.seq, at=each.at, words=names[each.event], hash=each.hash, anchored=anchored)


_HOW = (
    "1. 以瀏覽器開啟同一資料夾的 verify.html，或執行 verify.py，即逐檔、逐 MiB 比對並檢查簽章；不需網路。",
    "2. 請將上列清單指紋、憑證指紋與機構函復或案件頁面所載者核對；相同，才能確定簽署者是該機構。",
    "3. 憑證由機構自行簽發，PDF 閱讀程式會顯示「簽章有效、發行者不明」，屬正常情形。",
    f"4. 有時戳者：openssl ts -verify -data {MANIFEST_NAME} -in {MANIFEST_NAME}.tsr -CAfile 時戳機構的憑證。",
    "5. 稽核軌跡每日錨定並由教育局會簽。需要某一筆確在軌跡中的證明時，可持序號與雜湊向機構索取。",
)
