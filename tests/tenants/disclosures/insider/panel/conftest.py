"""A panel at a preschool: a teacher, a mother who sits for the parents, and the head, about a fall at the slide."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from tenants.actor import Actor, ActorKind
from tenants.disclosures.asking import Grant
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import convening, queries, resolving, sitting
from tenants.disclosures.insider.panel.convening import Plan, Seat
from tenants.disclosures.insider.panel.models import (
    Attendance,
    Capacity,
    PanelMeeting,
    PanelMember,
    PanelResolution,
    Verdict,
)
from tenants.disclosures.insider.panel.resolving import Outcome
from tenants.disclosures.insider.panel.sitting import Declaration
from tenants.permissions import Role
from tests.tenants.disclosures.conftest import member
from tests.tenants.disclosures.insider.conftest import Desk

PARENT_MAIL = "chen@example.org"


def seated_as(seat: PanelMember) -> Actor:
    """A member without an account, inside by link and code."""
    return Actor(kind=ActorKind.PANEL_MEMBER, id=seat.id, name="家長代表", roles=frozenset({Role.PANEL_MEMBER}))


@dataclass(frozen=True)
class Panel:
    """What happens around one panel, each step committed as a request would."""

    desk: Desk
    educator: Actor

    @property
    def tenant_id(self) -> UUID:
        return self.desk.tenant_id

    @property
    def seats(self) -> tuple[Seat, ...]:
        return (
            Seat(capacity=Capacity.EDUCATOR_REP, user_id=self.educator.id),
            Seat(capacity=Capacity.PARENT_REP, name="陳美玲", email=PARENT_MAIL),
            Seat(capacity=Capacity.HEAD, user_id=self.desk.scene.head.id),
        )

    def plan(self, **changes: object) -> Plan:
        made = Plan(meets_at=clock.now() + timedelta(minutes=30), place="園長室", seats=self.seats)
        return replace(made, **changes)  # type: ignore[arg-type]

    def checked(self, **changes: object) -> InsiderRequest:
        """A filed application of which it was checked who asks."""
        return self.desk.check(self.desk.file(self.desk.application(**changes)))

    def convene(self, case: InsiderRequest, **changes: object) -> PanelMeeting:
        made = convening.convene(
            actor=self.desk.scene.handler,
            tenant_id=self.tenant_id,
            disclosure_id=case.id,
            plan=self.plan(**changes),
        )
        db.session.commit()
        return made

    def member(self, met: PanelMeeting, capacity: Capacity) -> PanelMember:
        seats = queries.seated(tenant_id=self.tenant_id, meeting_id=met.id)
        return next(each for each in seats if each.capacity == capacity)

    def actor_of(self, seat: PanelMember) -> Actor:
        """Who sits there."""
        own = {self.educator.id: self.educator, self.desk.scene.head.id: self.desk.scene.head}
        return own[seat.user_id] if seat.user_id is not None else seated_as(seat)

    def declare(self, seat: PanelMember, *, conflict: bool = False, note: str = "", secrecy: str = "1") -> PanelMember:
        made = sitting.declare(
            actor=self.actor_of(seat),
            tenant_id=self.tenant_id,
            member_id=seat.id,
            declaration=Declaration(conflict=conflict, note=note, secrecy="" if conflict else secrecy),
        )
        db.session.commit()
        return made

    def all_declare(self, met: PanelMeeting) -> None:
        for seat in queries.seated(tenant_id=self.tenant_id, meeting_id=met.id):
            self.declare(seat)

    def note(self, met: PanelMeeting, **attendance: Attendance) -> None:
        """At its time everybody is there but who is named otherwise, by capacity."""
        met.meets_at = min(met.meets_at, clock.now())
        resolving.note_attendance(
            actor=self.desk.scene.handler,
            tenant_id=self.tenant_id,
            meeting_id=met.id,
            attendance=self._said(met, Attendance.PRESENT, attendance),
        )
        db.session.commit()

    def start(self, met: PanelMeeting, **attendance: Attendance) -> None:
        """Before its time, everybody by video but who is named otherwise, by capacity."""
        convening.start_now(
            actor=self.desk.scene.handler,
            tenant_id=self.tenant_id,
            meeting_id=met.id,
            attendance=self._said(met, Attendance.VIDEO, attendance),
        )
        db.session.commit()

    def met(self, case: InsiderRequest, **attendance: Attendance) -> PanelMeeting:
        """A meeting that came together and can resolve."""
        meeting = self.convene(case)
        self.all_declare(meeting)
        self.note(meeting, **attendance)
        return meeting

    def _said(self, met: PanelMeeting, usual: Attendance, named: Mapping[str, Attendance]) -> Mapping[UUID, Attendance]:
        seats = queries.seated(tenant_id=self.tenant_id, meeting_id=met.id)
        return {each.id: named.get(each.capacity, usual) for each in seats}

    def grants(self, case: InsiderRequest, *, cut: timedelta = timedelta()) -> tuple[Grant, ...]:
        """The windows asked for, each shorter by so much at its end."""
        return tuple(
            Grant(window_id=w.id, started_at=w.started_at, ended_at=w.ended_at - cut)
            for w in self.desk.scene.windows(case)  # type: ignore[arg-type]
        )

    def votes(self, met: PanelMeeting, vote: Verdict = Verdict.AGREE) -> Mapping[UUID, Verdict]:
        seats = queries.seated(tenant_id=self.tenant_id, meeting_id=met.id)
        return {each.id: vote for each in seats if each.attendance in {"present", "video"}}

    def outcome(self, case: InsiderRequest, met: PanelMeeting, **changes: object) -> Outcome:
        agreed = Outcome(
            decision=Verdict.AGREE, votes=self.votes(met), minutes="全體同意調閱一支鏡頭", grants=self.grants(case)
        )
        return replace(agreed, **changes)  # type: ignore[arg-type]

    def resolve(self, case: InsiderRequest, met: PanelMeeting, **changes: object) -> PanelResolution:
        made = resolving.resolve(
            actor=self.desk.scene.handler,
            tenant_id=self.tenant_id,
            meeting_id=met.id,
            outcome=self.outcome(case, met, **changes),
        )
        db.session.commit()
        return made

    def refused_by_the_panel(self, case: InsiderRequest, met: PanelMeeting) -> PanelResolution:
        return self.resolve(
            case,
            met,
            decision=Verdict.REFUSE,
            votes=self.votes(met, Verdict.REFUSE),
            grants=(),
            reasons="事由與影像無關",
        )

    def narrowed_by_the_panel(self, case: InsiderRequest, met: PanelMeeting) -> PanelResolution:
        """The mother suggests five minutes less, and all agree (P1)."""
        return self.resolve(
            case,
            met,
            decision=Verdict.PART,
            votes=self.votes(met, Verdict.PART),
            grants=self.grants(case, cut=timedelta(minutes=5)),
            reasons="最後五分鐘與事件無關",
        )


@pytest.fixture
def panel(preschool: Desk) -> Panel:
    return Panel(preschool, member(preschool.scene.school, Role.STAFF, "張淑芬"))


@pytest.fixture
def case(panel: Panel) -> InsiderRequest:
    """An application that waits for its panel."""
    return panel.checked()
