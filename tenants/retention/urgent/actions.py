"""Pressing 緊急保全: the window is kept from this moment on, and nothing of it is shown to anybody (DR-02)."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from infra import clock, queues
from infra.db import db
from infra.tenancy import bound_tenant
from infra.turns import queue_up
from tenants.actor import Actor, ActorKind
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotAllowed
from tenants.permissions import BUREAU_ROLES, Permission
from tenants.registry import queries as registry
from tenants.registry.models import TenantKind
from tenants.retention.actions import place_hold, release_hold
from tenants.retention.models import HoldBasis
from tenants.retention.rules import CameraSpan, CameraWindow
from tenants.retention.urgent import queries, rules
from tenants.retention.urgent.models import UrgentHold
from tenants.retention.urgent.rules import Call, Notice
from tenants.roc_dates import this_year


def preserve(
    *, actor: Actor, tenant_id: UUID, call: Call, windows: Sequence[CameraSpan], confirmed: bool = False
) -> UrgentHold:
    """Keep the windows, with a margin, for seven days on a call; the institution is told at once.

    An officer of the bureau acts in the institution's own chain. Beyond the caps only the head may, `confirmed`, and
    the bureau sees it. Raises `Invalid` with the form's field, and `Destroyed` for what is wholly gone.
    """
    actor.require(Permission.HOLD_URGENT)
    if actor.kind is not ActorKind.PERSON:
        raise NotAllowed("緊急保全應由本人辦理。")
    if registry.tenant(tenant_id=tenant_id).kind == TenantKind.BUREAU:
        raise Invalid("教育局本身沒有鏡頭可供保全。", field="cameras")
    rules.check_call(call)
    with bound_tenant(db.session, tenant_id):
        queue_up("urgent_holds", tenant_id)  # two at once must not both be the last that the caps allow
        over = rules.beyond_caps(queries.load(tenant_id=tenant_id), windows)
        if over:
            _check_head(actor, over, confirmed=confirmed)
        return _kept(actor, tenant_id, call, windows, over_cap=bool(over))


def _check_head(actor: Actor, over: str, *, confirmed: bool) -> None:
    if not actor.may(Permission.HOLD_MANAGE):
        raise Invalid(f"{over}，須由該機構首長登入本頁確認後才能再保全。請立即聯絡首長。", code="over_cap")
    if not confirmed:
        raise Invalid(
            f"{over}。確有必要時，請勾選「確認超過上限仍予保全」後再送出；教育局會看到這一筆。",
            field="confirmed",
            code="over_cap",
        )


def _kept(actor: Actor, tenant_id: UUID, call: Call, windows: Sequence[CameraSpan], *, over_cap: bool) -> UrgentHold:
    last, number = rules.kept_through(clock.today()), _next_number(tenant_id)
    hold = place_hold(
        actor=actor,
        tenant_id=tenant_id,
        basis=HoldBasis.URGENT,
        reference=number,
        necessity=call.reason,
        windows=[_with_margin(window) for window in windows],
        review_on=last,
    )
    said = {name: getattr(call, name).strip() for name in ("caller", "agency", "phone", "incident", "reason")}
    made = UrgentHold(
        id=uuid4(),
        tenant_id=tenant_id,
        hold_id=hold.id,
        number=number,
        source=call.source.value,
        pressed_by=actor.name,
        from_bureau=bool(actor.roles & BUREAU_ROLES),
        over_cap=over_cap,
        untold=[Notice.PLACED.value],
        **said,
    )
    db.session.add(made)
    _record(made, actor)
    release_hold(actor=actor, tenant_id=tenant_id, hold_id=hold.id, reason=rules.WHY_IT_LAPSES, on=last)
    queues.enqueue_after_commit(
        db.session, queues.Job.SEND_HOLD_MAIL, tenant_id=tenant_id, hold_id=hold.id, occasion=Notice.PLACED.value
    )
    return made


def _record(made: UrgentHold, actor: Actor) -> None:
    audit.record(
        Event.HOLD_CALLED_FOR,
        tenant_id=made.tenant_id,
        actor=actor,
        subject_id=made.hold_id,
        hold_id=str(made.hold_id),
        number=made.number,
        source=made.source,
        from_bureau=made.from_bureau,
        over_cap=made.over_cap,
    )


def _next_number(tenant_id: UUID) -> str:
    """緊急保全-<民國年>-<number>, counted per institution and year; the turn was waited for."""
    prefix = f"緊急保全-{this_year()}-"
    return f"{prefix}{queries.count(tenant_id=tenant_id, prefix=prefix) + 1:04}"


def _with_margin(window: CameraSpan) -> CameraWindow:
    return CameraWindow(
        camera_id=window.camera_id,
        started_at=window.started_at - rules.AROUND,
        ended_at=window.ended_at + rules.AROUND,
    )
