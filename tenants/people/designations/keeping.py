"""The rows of designations, written beneath the roles: what a role needs to be granted, and what follows its end."""

from datetime import date
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid
from tenants.people.designations import queries, rules
from tenants.people.designations.models import Designation, Ending, Kind
from tenants.people.designations.rules import Wanted
from tenants.permissions import DESIGNATED_ROLES, ROLE_NAMES, Role


def check_licensed(*, tenant_id: UUID, user_id: UUID, role: Role, day: date) -> None:
    """Raise `Invalid` where the designation of that day does not let this person have the role (KH-4-2)."""
    if role not in DESIGNATED_ROLES:
        return
    found = queries.designations(tenant_id=tenant_id)
    if not rules.licensed(found, user_id=user_id, day=day, leads=role is Role.HANDLER):
        raise Invalid(
            f"「{ROLE_NAMES[role]}」的權限只能經由專人（處室）的指派取得，目前的指派不包含此人。"
            "請到「專人指派」辦理指派或交接。",
            field="role",
            code="not_designated",
        )


def write(*, tenant_id: UUID, wanted: Wanted, actor: Actor) -> Designation:
    """Enter a designation without an end. That none overlaps is checked before, and by the database."""
    made = Designation(
        id=uuid4(),
        tenant_id=tenant_id,
        kind=wanted.kind,
        office=wanted.office.strip(),
        contact_id=wanted.contact_id,
        from_on=wanted.from_on,
        document=wanted.document.strip(),
        made_at=clock.now(),
        made_by=actor.id or wanted.contact_id,
    )
    db.session.add(made)
    db.session.flush()  # of two that are entered at once, the second fails here
    audit.record(
        Event.DESIGNATION_MADE,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        kind=made.kind,
        user_id=str(made.contact_id),
        from_on=made.from_on.isoformat(),
        document=made.document,
    )
    return made


def end(found: Designation, *, on: date, ending: Ending, actor: Actor) -> None:
    """Let a designation end: `on` is the first day without it, or the day of its beginning when that is later."""
    found.until_on, found.ending = max(on, found.from_on), ending
    found.ended_at, found.ended_by = clock.now(), actor.id or found.contact_id
    db.session.flush()
    audit.record(
        Event.DESIGNATION_ENDED,
        tenant_id=found.tenant_id,
        actor=actor,
        subject_id=found.id,
        reason=found.ending,
        until_on=found.until_on.isoformat(),
    )


def follow(*, tenant_id: UUID, leaver_id: UUID, successor_id: UUID | None, on: date, actor: Actor) -> None:
    """Let the designation go over to who takes the duties over, where the one who leaves them is its contact.

    Raises `Invalid` where the contact leaves and nobody is named: an office is asked for through somebody. An
    institution that nobody was designated at is so repaired.
    """
    found = queries.open_locked(tenant_id=tenant_id)
    if found is not None and found.contact_id != leaver_id:
        return
    if successor_id is None or successor_id == leaver_id:
        if found is not None:
            raise Invalid(
                "此人是目前指派的專人或處室聯絡人。依規定應隨時有專人負責，請先指派接任人員。（要點第四點）",
                field="role",
            )
        return
    kind, office = (Kind(found.kind), found.office) if found is not None else (Kind.PERSON, "")
    if found is not None:
        end(found, on=on, ending=Ending.SUCCEEDED, actor=actor)
    wanted = Wanted(kind=kind, office=office, contact_id=successor_id, from_on=on)
    write(tenant_id=tenant_id, wanted=wanted, actor=actor)


def unfollow(*, tenant_id: UUID, successor_id: UUID | None, on: date, actor: Actor) -> None:
    """Take back what lies ahead: a designation of this person from this day on. The one before goes on."""
    found = queries.open_locked(tenant_id=tenant_id)
    if found is None or found.from_on != on or found.contact_id != successor_id or on <= clock.today():
        return
    end(found, on=on, ending=Ending.WITHDRAWN, actor=actor)
    before = [each for each in queries.designations(tenant_id=tenant_id) if each.until_on == on and each.id != found.id]
    resumed = next((each for each in before if each.ending == Ending.SUCCEEDED and each.from_on < on), None)
    if resumed is not None:
        resumed.until_on = resumed.ended_at = resumed.ended_by = None
        resumed.ending = ""
        db.session.flush()
        audit.record(Event.DESIGNATION_RESUMED, tenant_id=tenant_id, actor=actor, subject_id=resumed.id)


def close(*, tenant_id: UUID, actor: Actor) -> None:
    """End what is open at an institution that closes (DR-33)."""
    found = queries.open_locked(tenant_id=tenant_id)
    if found is not None:
        end(found, on=clock.today(), ending=Ending.CLOSED, actor=actor)
