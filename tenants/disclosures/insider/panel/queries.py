"""Reads about the panel of a case. The session is bound to the institution."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, exists, func, select

from infra.db import db
from infra.statements import made_once
from tenants.disclosures import at_hand
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import rules
from tenants.disclosures.insider.panel.models import (
    Attendance,
    Capacity,
    PanelCorrection,
    PanelMeeting,
    PanelMember,
    PanelResolution,
)
from tenants.disclosures.insider.panel.rules import Sitting
from tenants.disclosures.lifecycle import FINAL
from tenants.disclosures.models import DisclosureState
from tenants.errors import Invalid, NotFound

Row = TypeVar("Row")


def case_of(meeting: PanelMeeting) -> InsiderRequest:
    """The case that a meeting is about."""
    return case(tenant_id=meeting.tenant_id, disclosure_id=meeting.disclosure_id)


def case(*, tenant_id: UUID, disclosure_id: UUID) -> InsiderRequest:
    """A case of an insider. Raises `NotFound`, also for one of the other door."""
    query = select(InsiderRequest).where(InsiderRequest.tenant_id == tenant_id, InsiderRequest.id == disclosure_id)
    return _one(db.session.scalar(query))


def cases_to_decide(*, tenant_id: UUID) -> list[InsiderRequest]:
    """The cases that a panel decides and that nobody decided yet, the oldest first."""
    query = select(InsiderRequest).where(
        InsiderRequest.tenant_id == tenant_id,
        InsiderRequest.panel_required,
        InsiderRequest.state.in_([DisclosureState.SUBMITTED, DisclosureState.RESOLVED]),
    )
    return list(db.session.scalars(query.order_by(InsiderRequest.filed_at)))


def meeting(*, tenant_id: UUID, meeting_id: UUID) -> PanelMeeting:
    """One meeting. Raises `NotFound`."""
    query = select(PanelMeeting).where(PanelMeeting.tenant_id == tenant_id, PanelMeeting.id == meeting_id)
    return _one(db.session.scalar(query))


def meetings(*, tenant_id: UUID, disclosure_id: UUID) -> list[PanelMeeting]:
    """Every meeting about a case, the latest first."""
    query = select(PanelMeeting).where(PanelMeeting.tenant_id == tenant_id, PanelMeeting.disclosure_id == disclosure_id)
    return list(db.session.scalars(query.order_by(PanelMeeting.convened_at.desc())))


def open_meeting(*, tenant_id: UUID, disclosure_id: UUID) -> PanelMeeting | None:
    """The meeting of a case that has not resolved yet; there is one at most."""
    resolved = exists().where(PanelResolution.tenant_id == tenant_id, PanelResolution.meeting_id == PanelMeeting.id)
    query = select(PanelMeeting).where(
        PanelMeeting.tenant_id == tenant_id, PanelMeeting.disclosure_id == disclosure_id, ~resolved
    )
    return db.session.scalar(query)


def member(*, tenant_id: UUID, member_id: UUID, meeting_id: UUID | None = None) -> PanelMember:
    """One seat, also of somebody who stood down; of this meeting, where one is named. Raises `NotFound`."""
    query = select(PanelMember).where(PanelMember.tenant_id == tenant_id, PanelMember.id == member_id)
    if meeting_id is not None:
        query = query.where(PanelMember.meeting_id == meeting_id)
    return _one(db.session.scalar(query))


def members(*, tenant_id: UUID, meeting_id: UUID) -> list[PanelMember]:
    """Everybody who holds or held a seat at a meeting, as they were seated."""
    query = select(PanelMember).where(PanelMember.tenant_id == tenant_id, PanelMember.meeting_id == meeting_id)
    return list(db.session.scalars(query.order_by(PanelMember.seated_at, PanelMember.capacity, PanelMember.id)))


def seated(*, tenant_id: UUID, meeting_id: UUID) -> list[PanelMember]:
    """Those who hold a seat now."""
    return [each for each in members(tenant_id=tenant_id, meeting_id=meeting_id) if each.replaced_at is None]


def seats_of(*, tenant_id: UUID, user_id: UUID) -> list[tuple[PanelMember, PanelMeeting, InsiderRequest]]:
    """The seats that a person with an account holds in cases that are not over, the next meeting first.

    None in a case that concerns them, not even its number (DR-27).
    """
    if not at_hand.open_cases(tenant_id=tenant_id):
        return []
    found = db.session.execute(*_seats_of(tenant_id=tenant_id, user_id=user_id))
    return [(seat, met, case) for seat, met, case in found if str(user_id) not in case.excluded]


def resolutions(*, tenant_id: UUID, disclosure_id: UUID) -> list[PanelResolution]:
    """Every resolution about a case, the latest first: a later one replaces an earlier one and keeps it (KH-6-2h)."""
    query = select(PanelResolution).where(
        PanelResolution.tenant_id == tenant_id, PanelResolution.disclosure_id == disclosure_id
    )
    return list(db.session.scalars(query.order_by(PanelResolution.number.desc())))


def one_resolution(*, tenant_id: UUID, resolution_id: UUID, meeting_id: UUID | None = None) -> PanelResolution:
    """A resolution by its id; of this meeting, where one is named. Raises `NotFound`."""
    query = select(PanelResolution).where(PanelResolution.tenant_id == tenant_id, PanelResolution.id == resolution_id)
    if meeting_id is not None:
        query = query.where(PanelResolution.meeting_id == meeting_id)
    return _one(db.session.scalar(query))


def resolution(*, tenant_id: UUID, disclosure_id: UUID) -> PanelResolution | None:
    """The latest resolution about a case."""
    return next(iter(resolutions(tenant_id=tenant_id, disclosure_id=disclosure_id)), None)


def resolution_of(*, tenant_id: UUID, meeting_id: UUID) -> PanelResolution | None:
    """What a meeting resolved, once it has."""
    query = select(PanelResolution).where(
        PanelResolution.tenant_id == tenant_id, PanelResolution.meeting_id == meeting_id
    )
    return db.session.scalar(query)


def corrections(*, tenant_id: UUID, resolution_id: UUID) -> list[PanelCorrection]:
    """What was corrected of a resolution's attendance, in order."""
    query = select(PanelCorrection).where(
        PanelCorrection.tenant_id == tenant_id, PanelCorrection.resolution_id == resolution_id
    )
    return list(db.session.scalars(query.order_by(PanelCorrection.corrected_at)))


def attendance_of(found: PanelResolution) -> dict[UUID, Attendance]:
    """Who attended, with everything that was corrected since."""
    noted = {UUID(each["member"]): Attendance(each["attendance"]) for each in found.attendance}
    for each in corrections(tenant_id=found.tenant_id, resolution_id=found.id):
        noted[each.member_id] = Attendance(each.said)
    return noted


def lacks(found: PanelResolution) -> str:
    """Why a resolution does not count any more once its attendance was corrected; empty where it counts (KH-6-Pc)."""
    now = attendance_of(found)
    sitting = [
        Sitting(
            member_id=UUID(each["member"]),
            capacity=Capacity(each["capacity"]),
            attendance=now[UUID(each["member"])],
            declared=True,
            signed=True,
        )
        for each in found.attendance
    ]
    try:
        rules.check_attendance(sitting)
    except Invalid as refused:
        return str(refused)
    return ""


def granted(found: PanelResolution) -> dict[UUID, tuple[datetime, datetime]]:
    """The windows of a resolution by the id of what was asked: from, until."""
    return {
        UUID(each["id"]): (datetime.fromisoformat(each["from"]), datetime.fromisoformat(each["until"]))
        for each in found.windows
    }


def untold(*, tenant_id: UUID) -> list[tuple[UUID, str]]:
    """Members and notices that still have to go out by mail, for the sweep."""
    query = select(PanelMember.id, PanelMember.untold).where(
        PanelMember.tenant_id == tenant_id, func.jsonb_array_length(PanelMember.untold) > 0
    )
    return [(member_id, notice) for member_id, notices in db.session.execute(query) for notice in notices]


@made_once
def _seats_of(*, tenant_id: UUID, user_id: UUID) -> Select[PanelMember, PanelMeeting, InsiderRequest]:
    return (
        select(PanelMember, PanelMeeting, InsiderRequest)
        .join(PanelMeeting, PanelMeeting.id == PanelMember.meeting_id)
        .join(InsiderRequest, InsiderRequest.id == PanelMeeting.disclosure_id)
        .where(
            PanelMember.tenant_id == tenant_id,
            PanelMember.user_id == user_id,
            PanelMember.replaced_at.is_(None),
            InsiderRequest.state.not_in(FINAL),
        )
        .order_by(PanelMeeting.meets_at)
    )


def _one(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row
