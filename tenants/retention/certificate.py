"""What a certificate of destruction says: pure, so that the same facts always give the same paper (KH-5-4a)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from infra import object_keys
from tenants import periods
from tenants.retention.digest import METHOD
from tenants.retention.models import Destruction
from tenants.roc_dates import format_date, parts

REVOKED = (
    "場所的邊緣主機已撤銷，最後一次回報時磁碟上尚有未上傳的影像，無法再列出確認；"
    "該影像以已銷毀的當日金鑰加密，無法開啟。"
)


@dataclass(frozen=True, kw_only=True)
class CameraShare:
    """One camera's part of a day."""

    site: str
    code: str
    name: str
    segments: int
    bytes: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class HeldBack:
    """What an open hold keeps of a day, and why."""

    hold_id: UUID
    basis: str
    reference: str
    segments: int


@dataclass(frozen=True)
class OnRevoked:
    """What a box that was revoked had not sent of a camera, by its last word."""

    site: str
    camera: str
    unsent_from: datetime


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything a certificate is made of."""

    number: str
    institution_code: str
    institution: str
    destruction: Destruction
    certified_at: datetime
    certified_by: str
    regulations: tuple[str, ...]
    articles: tuple[str, ...]
    sites: tuple[str, ...]
    cameras: tuple[CameraShare, ...]
    held_back: tuple[HeldBack, ...]
    on_revoked: tuple[OnRevoked, ...] = ()


def certificate_number(institution_code: str, day: date, retention_days: int) -> str:
    """`銷毀-K1-1151105-d14`: one day of one institution and class can only have one, and so cannot be issued twice."""
    year, month, day_of_month = parts(day)
    return f"銷毀-{institution_code}-{year}{month:02}{day_of_month:02}-{object_keys.retention_class(retention_days)}"


def certificate(facts: Facts) -> dict[str, Any]:
    """The certificate as it is kept: what, how many, by what rule, how, when, by whom, what was kept back and why."""
    made = facts.destruction
    restored = {"restored": made.restored} if made.restored else {}
    revoked = {"edge": _edge(facts.on_revoked)} if facts.on_revoked else {}
    return (
        restored
        | revoked
        | {
            "number": facts.number,
            "institution": {"code": facts.institution_code, "name": facts.institution},
            "day": made.civil_day.isoformat(),
            "roc_day": format_date(made.civil_day),
            "retention_days": made.retention_days,
            "rule": made.profile_version,
            "regulations": list(facts.regulations),
            "articles": list(facts.articles),
            "sites": list(facts.sites),
            "destroyable_from": periods.deletable_from(made.civil_day, made.retention_days).isoformat(),
            "segments": made.segments,
            "bytes": made.size,
            "digest": made.digest,
            "digest_method": METHOD,
            "cameras": [_share(each) for each in facts.cameras],
            "method": {
                "key": "銷毀當日金鑰在資料庫與儲存服務中的兩份，密文無法再開啟，資料庫的備份亦同",
                "objects": "刪除物件、舊版本與未完成的上傳",
            },
            "verified": "以列表確認影像與金鑰皆已無任何物件、舊版本、刪除標記或未完成的上傳",
            "begun_at": made.begun_at.isoformat(),
            "begun_by": made.begun_by,
            "certified_at": facts.certified_at.isoformat(),
            "certified_by": facts.certified_by,
            "kept_back": [_kept(each) for each in facts.held_back],
        }
    )


def _edge(found: tuple[OnRevoked, ...]) -> dict[str, Any]:
    """Boxes that nobody hears of any more: no listing shows their disks, only that nothing on them opens."""
    cameras = [{"site": each.site, "name": each.camera, "unsent_from": each.unsent_from.isoformat()} for each in found]
    return {"note": REVOKED, "cameras": cameras}


def _share(each: CameraShare) -> dict[str, Any]:
    first, last = each.first.isoformat(), each.last.isoformat()
    named = {"site": each.site, "code": each.code, "name": each.name}
    return named | {"segments": each.segments, "bytes": each.bytes, "first": first, "last": last}


def _kept(each: HeldBack) -> dict[str, Any]:
    return {
        "hold_id": str(each.hold_id),
        "basis": each.basis,
        "reference": each.reference,
        "segments": each.segments,
    }
