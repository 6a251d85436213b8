"""What the certificate of a copy's destruction says: pure, so that the same facts always give the same paper."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.disclosures.packages.manifest import ApprovedWindow
from tenants.disclosures.retained.models import RetainedCopy


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything a certificate is made of. It names nobody, and says who decided by their office."""

    copy: RetainedCopy
    serial: str
    institution_code: str
    institution: str
    regulation: str
    rule: str
    articles: tuple[str, ...]
    windows: tuple[ApprovedWindow, ...]
    decided_by: str
    objects: int
    certified_at: datetime


def certificate_number(institution_code: str, serial: str) -> str:
    """`銷毀-K1-備查-調閱-115-0001`: a case has one copy, and so one certificate."""
    return f"銷毀-{institution_code}-備查-{serial}"


def certificate(facts: Facts) -> dict[str, Any]:
    """The certificate as it is kept: what, of which case, by what rule, how, when, and on whose decision."""
    copy = facts.copy
    return {
        "number": certificate_number(facts.institution_code, facts.serial),
        "institution": {"code": facts.institution_code, "name": facts.institution},
        "serial": facts.serial,
        "regulation": facts.regulation,
        "rule": facts.rule,
        "articles": list(facts.articles),
        "made_at": copy.made_at.isoformat() if copy.made_at is not None else None,
        "oldest_at": copy.oldest_at.isoformat(),
        "bytes": copy.size,
        "sha256": copy.sha256,
        "form_sha256": copy.form_sha256,
        "windows": [
            {
                "camera": each.camera,
                "code": each.code,
                "from": each.started_at.isoformat(),
                "until": each.ended_at.isoformat(),
            }
            for each in facts.windows
        ],
        "objects": facts.objects,
        "decided_at": copy.ended_at.isoformat() if copy.ended_at is not None else None,
        "decided_by": facts.decided_by,
        "method": {
            "key": "銷毀複製本金鑰在資料庫與儲存服務中的兩份，密文無法再開啟，資料庫的備份亦同",
            "objects": "刪除物件、舊版本與未完成的上傳",
        },
        "verified": "以列表確認複製本與金鑰皆已無任何物件、舊版本、刪除標記或未完成的上傳",
        "certified_at": facts.certified_at.isoformat(),
    }
