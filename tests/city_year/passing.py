"""Lets a year pass: its events at their moments, and on the mornings that are looked at the real jobs of the nights."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import partial
from unittest.mock import patch
from uuid import UUID

from infra import queues
from infra.db import db
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.compliance.scoring import weights
from tenants.compliance.scoring.rules import Aim, Weighting
from tenants.footage import partitions
from tenants.permissions import Role
from tenants.registry import regulations, renaming
from tenants.registry.hours.models import SpanKind
from tests.city_year import events
from tests.city_year.days import FOUNDED, ONE_DAY, at, day_of
from tests.city_year.inventing import Year
from tests.city_year.writing import acts, devices, told
from tests.city_year.writing.cases import Cases
from tests.city_year.writing.founding import Settled, found
from tests.city_year.writing.moment import Moment
from tests.city_year.writing.telemetry import Telemetry
from tests.factories import assets, hours, people
from tests.factories.people import acting
from workers import compliance_jobs, registry_jobs

# A day is taken when it is over, and what it says so far before the bureau's people come.
OVER, MORNING = "00:20", "07:40"


class Passing:
    """One year, from its founding on."""

    def __init__(self, year: Year, moment: Moment) -> None:
        """Found everything; nothing has happened yet."""
        self.year, self.moment = year, moment
        self.bureau = people.bureau()
        self.officer = acting(people.bureau_officer(), Role.BUREAU_OFFICER)
        self.operator = acting(people.operator(), Role.OPERATOR)
        self.settled: Mapping[str, Settled] = {each.code: found(each) for each in year.schools}
        self.telemetry = {each.code: Telemetry(year, each, self.settled[each.code]) for each in year.schools}
        self._waiting = sorted(self._steps(), key=lambda step: (step[0], step[1]))

    @property
    def tenants(self) -> Mapping[UUID, str]:
        """The invention's code of each institution."""
        return {each.of.tenant_id: code for code, each in self.settled.items()}

    def reach(self, instant: datetime) -> None:
        """Let everything happen until an instant."""
        while self._waiting and self._waiting[0][0] <= instant:
            moment, _, code, act = self._waiting.pop(0)
            self.moment.reach(moment)
            if code:
                self._bind(code)
                if act.args and isinstance(act.args[0], events.Fault):  # nobody ends a fault without a fresh word
                    self.telemetry[code].speak(moment)
                act(self.settled[code])
            else:
                act()
            db.session.commit()
        self.moment.reach(instant)

    def take_over(self, day: date, told_at: datetime, *, of: str = "") -> None:
        """The night's jobs of a day that is over, or of one institution as the nights after it repeat them."""
        self.reach(told_at)
        self._tell(day, of)
        for code, settled in self.settled.items():
            if code == of or not of:
                self._bind(code)
                self._take(Job.TAKE_DAY, settled.of.tenant_id, day)
        self._take(Job.TAKE_CITY_DAY, self.bureau, day)

    def take_morning(self, day: date) -> None:
        """What the quarters of an hour and the minutes of a morning take."""
        self.reach(at(day, MORNING))
        self._tell(day)
        for run in (compliance_jobs.take_now_all, compliance_jobs.take_findings_all):
            with patch.object(queues, "enqueue") as sent:
                run()
            for call in sent.call_args_list:
                job = {Job.TAKE_NOW: compliance_jobs.take_now, Job.TAKE_FINDINGS: compliance_jobs.take_findings}
                job[call.args[0]](tenant_ids=[str(each) for each in call.kwargs["tenant_ids"]])

    def take_again(self, days: Mapping[date, Iterable[str]]) -> None:
        """Take days long past once more, of some institutions each, after the index of what is gone was dropped."""
        self._bind_bureau()
        for gone in partitions.droppable():
            partitions.drop(
                actor=system("city"), bureau_id=self.bureau, day=gone.day, retention_days=gone.retention_days
            )
        db.session.commit()
        for day, codes in days.items():
            for code in codes:
                compliance_jobs.take_day(tenant_id=str(self.settled[code].of.tenant_id), day=day.isoformat())

    def _bind_bureau(self) -> None:
        bind(db.session, Binding(tenant_id=self.bureau))

    def _take(self, job: Job, tenant_id: UUID, day: date) -> None:
        """Run a day's job where the sweep would send it."""
        bind(db.session, Binding(tenant_id=tenant_id))
        waiting = list(compliance_jobs.waiting_jobs(tenant_id=tenant_id, today=day_of(self.moment.now)))
        run = {Job.TAKE_DAY: compliance_jobs.take_day, Job.TAKE_CITY_DAY: compliance_jobs.take_city_day}[job]
        if (job, {"day": day.isoformat()}) in waiting:
            run(tenant_id=str(tenant_id), day=day.isoformat())

    def _tell(self, day: date, of: str = "") -> None:
        for code, telemetry in self.telemetry.items():
            if code == of or not of:
                self._bind(code)
                telemetry.tell(day, self.moment.now)

    def _bind(self, code: str) -> None:
        bind(db.session, Binding(tenant_id=self.settled[code].of.tenant_id))

    def _steps(self) -> Iterator[tuple[datetime, int, str, partial[None]]]:
        tables, number = (acts.STEPS, devices.STEPS, Cases().steps, told.STEPS), 0
        for event in self.year.events:
            code = getattr(event, "school", "")
            of_school = [step for table in tables if type(event) in table for step in table[type(event)](event)]
            for instant, act in of_school if code else self._of_city(event):
                number += 1
                yield instant, number, code, act if isinstance(act, partial) else partial(act)

    def _of_city(self, event: object) -> Iterator[tuple[datetime, partial[None]]]:
        if isinstance(event, events.Typhoon):
            districts = (event.district,) if event.district else ()
            closes = partial(hours.span, SpanKind.CLOSURE, first=event.on, districts=districts)
            yield at(event.on - ONE_DAY, "20:00"), closes  # type: ignore[misc]
        if isinstance(event, events.Restricted):
            yield at(FOUNDED, "09:00"), partial(assets.restricted, event.brand, effective_from=event.since)  # type: ignore[misc]
        if isinstance(event, events.DistrictRenamed):
            yield at(event.told, "09:00"), partial(self._rename, event)
            yield at(event.since, "00:06"), partial(self._begin_names)
        if isinstance(event, events.RuleChange):
            yield at(event.told, "09:00"), partial(self._change_rule, event)
        if isinstance(event, events.Weighed):
            yield at(event.told, "09:00"), partial(self._weigh, event)

    def _weigh(self, event: events.Weighed) -> None:
        self._bind_bureau()
        aims = {article: Aim(weight=weight, target=event.target) for article, weight in event.weights}
        said = Weighting(effective_from=event.since, target=event.target, aims=aims)
        weights.set_weights(actor=self.officer, weighting=said, reason="年度合規重點會議決議")

    def _rename(self, event: events.DistrictRenamed) -> None:
        about = {"effective_from": event.since, "document": "府民字第1150000007號"}
        self._bind_bureau()
        renaming.rename_district(district=event.former, to=event.name, actor=self.operator, **about)  # type: ignore[arg-type]

    def _begin_names(self) -> None:
        for settled in self.settled.values():
            bind(db.session, Binding(tenant_id=settled.of.tenant_id))
            today = registry_jobs.clock.today()
            if registry_jobs.is_waiting(tenant_id=settled.of.tenant_id, today=today):
                registry_jobs.carry_out_changes(tenant_id=str(settled.of.tenant_id))

    def _change_rule(self, event: events.RuleChange) -> None:
        self._bind_bureau()
        for code in ("KH_PRESCHOOL", "TY_ELEMENTARY"):
            about = {"version": "115", "min_days": str(event.days), "document": "府教字第1150000009號"}
            words = f"監錄資料應保存至少{event.days}日以上。"
            regulations.schedule_version(
                code=code, effective_from=event.since, words=words, actor=self.officer, **about
            )
