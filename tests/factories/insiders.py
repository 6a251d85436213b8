"""Applications of insiders: as typed, and as rows in any state. To walk the real lifecycle, use the actions."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.lookup_keys import LookupSecret
from tenants.actor import Actor, ActorKind
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider.filing import Application
from tenants.disclosures.insider.models import Box, InsiderRequest, Signature
from tenants.disclosures.insider.rules import Applicant, Incident
from tenants.permissions import Role
from tests.factories.registry import Institution
from tests.factories.retention import hold
from tests.made_identity_numbers import number

LOOKUP = LookupSecret(bytes(32))
REASON = "115年11月18日上午約10時10分，女兒於滑梯旁跌倒，左臂擦傷，需了解經過"
NOTE_VERSION = "KH-A1 1"
# Somebody at the public pages, without an account.
PARENT = Actor(kind=ActorKind.APPLICANT, roles=frozenset({Role.APPLICANT}), address="127.0.0.1", client="test")


_FORM = {
    "profile": "KH_PRESCHOOL",
    "profile_version": "1",
    "panel_required": True,
    "applicant_class": "guardian",
    "applicant_name": "林小惠",
    "relation": "母",
    "child_name": "林可可",
    "child_class": "兔兔班",
    "unit": "家長",
    "title": "家長",
    "phone": "0912-345-678",
    "email": "parent@example.org",
    "id_kind": "national",
    "id_masked": "E******005",
    "id_sealed": b"sealed",
    "id_search": "0" * 64,
    "ground": "accident",
    "reason": REASON,
    "acknowledged": NOTE_VERSION,
}


def application(*windows: AskedWindow, **changes: object) -> Application:
    """A mother asks what happened at the slide; the incident is what the windows span."""
    made = Application(
        applicant=Applicant.GUARDIAN,
        name="林小惠",
        relation="母",
        child_name="林可可",
        child_class="兔兔班",
        unit="家長",
        title="家長",
        phone="0912-345-678",
        email="parent@example.org",
        identity=number(),
        ground="accident",
        reason=REASON,
        concerned_right="財物遺失或毀損",
        windows=windows,
        acknowledged=NOTE_VERSION,
        incident=Incident(
            started_at=min(window.started_at for window in windows),
            ended_at=max(window.ended_at for window in windows),
        ),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def request(of: Institution, *, state: str = "submitted", camera: str = "C-GATE") -> UUID:
    """A filed application with its first signature, as rows. Bind to the institution before."""
    started_at = clock.now() - timedelta(hours=1)
    made = InsiderRequest(
        id=uuid4(),
        tenant_id=of.tenant_id,
        site_id=of.site_id,
        serial=f"調閱-115-{uuid4().hex[:6]}",
        state=state,
        filed_at=clock.now(),
        hold_id=hold(of, camera=camera, started_at=started_at),
        applied_on=clock.today(),
        **_FORM,
    )
    db.session.add(made)
    db.session.flush()
    db.session.add(
        Signature(
            tenant_id=of.tenant_id,
            disclosure_id=made.id,
            box=Box.APPLICANT,
            name="林小惠",
            title="家長",
            signed_at=clock.now(),
        )
    )
    db.session.commit()
    return made.id
