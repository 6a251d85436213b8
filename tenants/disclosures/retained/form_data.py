"""The form that a copy for reference goes with: the request as it was filed, signed, decided and carried out.

Of an identity number only what its form shows: the sealed number stays under the records key (ADR 0018).
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, select

from infra.db import db
from tenants.disclosures.insider.models import Signature
from tenants.disclosures.models import Disclosure
from tenants.disclosures.packages.manifest import ApprovedWindow
from tenants.disclosures.register.models import RegisterEntry
from tenants.registry import queries as registry

FORMAT = "shouyuan-retained/1"
# For looking up and for the system's own use; no form has them.
_NOT_ON_THE_FORM = frozenset(
    {
        "id",
        "tenant_id",
        "id_search",
        "folded_number",
        "returned_for",
        "excluded",
        "parent_number",  # the agency's alone (KH-6-1c)
        "event_id",
        "checked_by",
        "chased_at",
    }
)


def form_text(disclosure: Disclosure, windows: list[ApprovedWindow]) -> str:
    """The form's data as JSON, the same for the same case."""
    document = {
        "format": FORMAT,
        "serial": disclosure.serial,
        "institution": {
            "id": str(disclosure.tenant_id),
            "name": registry.tenant(tenant_id=disclosure.tenant_id).name,
        },
        "door": disclosure.door,
        "rule": f"{disclosure.profile} {disclosure.profile_version}",
        "filed_at": disclosure.filed_at.isoformat(),
        "form": dict(_filed(disclosure)),
        "signatures": list(_signatures(disclosure)),
        "decision": {
            "state": disclosure.state,
            "reasons": disclosure.decision_reasons,
            "decided_at": _plain(disclosure.decided_at),
            "acting": disclosure.decided_acting,
        },
        "windows": [_window(window) for window in windows],
        "register": list(_register(disclosure)),
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _filed(disclosure: Disclosure) -> Iterator[tuple[str, Any]]:
    """What only this door's form has, by column; sealed bytes are not on any form."""
    for column in type(disclosure).__table__.columns:
        if column.key not in _NOT_ON_THE_FORM and not isinstance(column.type, LargeBinary):
            yield column.key, _plain(getattr(disclosure, column.key))


def _window(window: ApprovedWindow) -> dict[str, Any]:
    asked, approved = (window.asked_from, window.asked_until), (window.started_at, window.ended_at)
    spans = {"asked": [_plain(each) for each in asked], "approved": [_plain(each) for each in approved]}
    return {"camera_id": str(window.camera_id), "camera": window.camera, "code": window.code} | spans


def _signatures(disclosure: Disclosure) -> Iterator[dict[str, Any]]:
    query = select(Signature).where(
        Signature.tenant_id == disclosure.tenant_id,
        Signature.disclosure_id == disclosure.id,
        Signature.voided_at.is_(None),
    )
    for each in db.session.scalars(query.order_by(Signature.signed_at)):
        named = {"box": each.box, "name": each.name, "title": each.title, "acting": each.acting}
        yield named | {"signed_at": _plain(each.signed_at)}


def _register(disclosure: Disclosure) -> Iterator[dict[str, Any]]:
    query = select(RegisterEntry).where(
        RegisterEntry.tenant_id == disclosure.tenant_id, RegisterEntry.disclosure_id == disclosure.id
    )
    for each in db.session.scalars(query.order_by(RegisterEntry.roc_year, RegisterEntry.number)):
        yield {"roc_year": each.roc_year, "number": each.number, "viewed": each.viewed, "copied": each.copied}


def _plain(value: object) -> Any:  # noqa: ANN401 - a column's value as JSON has it
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
