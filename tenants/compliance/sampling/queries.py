"""Samples and their cases as an auditor reads them, and whether a draw gives the same again (DR-30).

What there was to draw from is read on the bureau's own connection; a draw's rows are the bureau's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import JSONPATH

from infra.db import bureau_session, db
from tenants.actor import Actor
from tenants.compliance.sampling import rules
from tenants.compliance.sampling.facts import Check, Verdict
from tenants.compliance.sampling.models import AuditSample, ComplianceCase, SampledCase
from tenants.compliance.sampling.rules import Candidate, Wanted
from tenants.errors import NotFound
from tenants.people import queries as people
from tenants.permissions import Permission
from tenants.registry import names
from tenants.registry import queries as registry
from tenants.registry.models import Tenant

_LACKS = '$.* ? (@ == "lacking")'
_DRAWN = select(SampledCase, Tenant).join(Tenant, Tenant.id == SampledCase.institution_id)


@dataclass(frozen=True, kw_only=True)
class SampleLine:
    """One draw in the list: how many of its cases were opened, judged, and found to lack something."""

    sample: AuditSample
    drawn: int
    judged: int
    lacking: int


@dataclass(frozen=True, kw_only=True)
class DrawnCase:
    """One case of a draw with the name of its institution."""

    row: SampledCase
    institution: str
    code: str

    @property
    def lacking(self) -> list[Check]:
        """The checks that the auditor found lacking, in the order of a case's life."""
        return [check for check in Check if self.row.verdicts.get(check) == Verdict.LACKING]


def population(bounds: Wanted) -> list[Candidate]:
    """Every case that can be drawn, of which the bureau knows, with its stratum by the last day's directory."""
    parts = {part.id: part for part in names.directory_on(day=bounds.last_day)}
    query = select(ComplianceCase).where(ComplianceCase.filed_on.between(bounds.first_day, bounds.last_day))
    if bounds.door:
        query = query.where(ComplianceCase.door == bounds.door)
    with bureau_session() as session:
        return [
            Candidate(
                institution_id=case.tenant_id,
                disclosure_id=case.disclosure_id,
                serial=case.serial,
                stratum=getattr(part, bounds.strata) if bounds.strata else "",
            )
            for case in session.scalars(query.order_by(ComplianceCase.disclosure_id))
            for part in [parts[case.tenant_id]]
            if (not bounds.kind or part.kind == bounds.kind)
            and (not bounds.district or part.district == bounds.district)
        ]


def samples(*, actor: Actor) -> list[SampleLine]:
    """Every draw, the latest first."""
    actor.require(Permission.SAMPLE_DRAW)
    counted = {
        sample_id: (drawn, judged)
        for sample_id, drawn, judged in db.session.execute(
            select(SampledCase.sample_id, func.count(), func.count(SampledCase.judged_at)).group_by(
                SampledCase.sample_id
            )
        )
    }
    query = select(SampledCase.sample_id, func.count()).where(SampledCase.verdicts.op("@?")(cast(_LACKS, JSONPATH)))
    lacking = {each: count for each, count in db.session.execute(query.group_by(SampledCase.sample_id))}  # noqa: C416 - rows are no pairs to mypy
    return [
        SampleLine(sample=each, drawn=counted[each.id][0], judged=counted[each.id][1], lacking=lacking.get(each.id, 0))
        for each in db.session.scalars(select(AuditSample).order_by(AuditSample.drawn_at.desc()))
    ]


def sample(*, actor: Actor, sample_id: UUID) -> AuditSample:
    """One draw. Raises `NotFound`."""
    actor.require(Permission.SAMPLE_DRAW)
    query = select(AuditSample).where(AuditSample.tenant_id == registry.bureau().id, AuditSample.id == sample_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def drawn_by(found: AuditSample) -> str:
    """Who drew it, by name."""
    user = people.user(user_id=found.drawn_by)
    return user.name if user is not None else ""


def cases(*, actor: Actor, sample_id: UUID) -> Sequence[DrawnCase]:
    """The cases of a draw, in the order of the draw."""
    actor.require(Permission.SAMPLE_DRAW)
    query = _DRAWN.where(SampledCase.sample_id == sample_id).order_by(SampledCase.place)
    return [_drawn(row, tenant) for row, tenant in db.session.execute(query)]


def case(*, actor: Actor, sampled_id: UUID) -> DrawnCase:
    """One drawn case. Raises `NotFound`."""
    actor.require(Permission.SAMPLE_DRAW)
    found = db.session.execute(_DRAWN.where(SampledCase.id == sampled_id)).first()
    if found is None:
        raise NotFound
    row, tenant = found
    return _drawn(row, tenant)


def _drawn(row: SampledCase, tenant: Tenant) -> DrawnCase:
    return DrawnCase(row=row, institution=tenant.name, code=tenant.code)


def is_same_again(*, actor: Actor, found: AuditSample) -> bool:
    """Whether the draw, made again from what was announced, gives the same cases in the same order."""
    again = [
        Candidate(institution_id=UUID(institution_id), disclosure_id=UUID(disclosure_id), serial="", stratum=stratum)
        for institution_id, disclosure_id, stratum in found.drawn_from
    ]
    if rules.digest(again) != found.population_sha256:
        return False
    taken = rules.drawn(again, seed=found.seed, count=found.asked)
    return [each.disclosure_id for each in taken] == [
        each.row.disclosure_id for each in cases(actor=actor, sample_id=found.id)
    ]
