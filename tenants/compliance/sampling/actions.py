"""An auditor draws cases, opens them one by one, and says what was found (journey U1).

Each act stands in the bureau's chain; opening a case and judging it also in that of its institution, which so sees who
read what of it and why (DR-09, DR-37).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.tenancy import bound_tenant
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.audit.rules import Link
from tenants.compliance.sampling import facts, queries, reading, rules
from tenants.compliance.sampling.facts import Check, Verdict
from tenants.compliance.sampling.lifecycle import TRANSITIONS, CaseState, CaseStep, next_state
from tenants.compliance.sampling.models import AuditSample, SampledCase
from tenants.compliance.sampling.rules import MOST_ASKED, Candidate, Wanted
from tenants.disclosures.insider.models import InsiderRequest
from tenants.errors import Invalid, NotFound, refusals, refuse
from tenants.improvements import actions as improvements
from tenants.numbering import next_of
from tenants.people import free_text
from tenants.permissions import Permission
from tenants.registry import queries as registry


def draw_sample(*, actor: Actor, wanted: Wanted) -> AuditSample:
    """Draw so many cases by a seed that follows from announcing it; all of them where there are no more.

    Raises `Invalid` with the field, also where there is nothing to draw from.
    """
    actor.require(Permission.SAMPLE_DRAW)
    refuse(wanted_faults(wanted))
    population = queries.population(wanted)
    if not population:
        raise Invalid("這段期間沒有符合條件的案件可以抽查。請放寬條件。", field="first_day")
    bureau, sample_id, digest = registry.bureau(), uuid4(), rules.digest(population)
    serial = next_of("抽查", AuditSample, tenant_id=bureau.id)
    announced = audit.record(
        Event.SAMPLE_ANNOUNCED,
        tenant_id=bureau.id,
        actor=actor,
        subject_id=sample_id,
        serial=serial,
        first_day=wanted.first_day.isoformat(),
        last_day=wanted.last_day.isoformat(),
        asked=wanted.count,
        population=len(population),
        digest=digest,
    )
    made = _sample(sample_id, serial, wanted, population, announced, by=person(actor))
    made.tenant_id, made.population_sha256 = bureau.id, digest
    db.session.add(made)
    db.session.flush()
    taken = rules.drawn(population, seed=made.seed, count=wanted.count)
    db.session.add_all(_rows(made, taken))
    audit.record(
        Event.SAMPLE_DRAWN,
        tenant_id=bureau.id,
        actor=actor,
        subject_id=made.id,
        serial=serial,
        count=len(taken),
        digest=_digest(taken),
    )
    return made


def wanted_faults(wanted: Wanted) -> list[Invalid]:
    """Everything that is wrong with what was asked for."""
    return refusals(
        lambda: _check(bool(wanted.purpose.strip()), "請填寫抽查的依據，例如稽核計畫的文號。", "purpose"),
        lambda: free_text.check(wanted.purpose, field="purpose"),
        lambda: _check(wanted.first_day <= wanted.last_day, "迄日不能早於起日。", "last_day"),
        lambda: _check(wanted.last_day <= clock.today(), "迄日不能晚於今天。", "last_day"),
        lambda: _check(1 <= wanted.count <= MOST_ASKED, f"請填 1 到 {MOST_ASKED} 件。", "count"),
        lambda: _check(wanted.strata in {"", "district", "kind"}, "請從清單中選取。", "strata"),
    )


def open_case(*, actor: Actor, sampled_id: UUID, reason: str) -> SampledCase:
    """Read the facts of a drawn case, once, as the rules tell them now. Its institution's chain says who and why.

    A sealed case asks for a reason (DR-37): `Invalid` without one, and nothing of it was read out. Raises `NotFound`
    and `InvalidTransition`.
    """
    row, sample, state = _locked(CaseStep.OPEN, actor, sampled_id)
    free_text.check(reason, field="reason")
    with bound_tenant(db.session, row.institution_id):
        case, known, rule = reading.read(tenant_id=row.institution_id, disclosure_id=row.disclosure_id)
        sealed = isinstance(case, InsiderRequest) and case.sealed
        if sealed and not reason.strip():
            raise Invalid(
                "這是密封案件，只顯示案號。請填寫必須開啟的理由；理由會記入該機構的稽核軌跡。", field="reason"
            )
        lines = facts.lines(known, rule, today=clock.today())
        _tell(CaseStep.OPEN, row, row.institution_id, actor, sample=sample.serial, reason=reason.strip())
    row.state, row.sealed, row.facts = state, sealed, [asdict(line) for line in lines]
    row.opened_at, row.opened_by, row.opened_for = clock.now(), person(actor), reason.strip()
    _tell(CaseStep.OPEN, row, row.tenant_id, actor, sample=sample.serial, reason=reason.strip())
    return row


def judge_case(
    *, actor: Actor, sampled_id: UUID, verdicts: Mapping[Check, Verdict], note: str, due_on: date | None
) -> SampledCase:
    """Confirm or contradict each of the facts; what is lacking becomes an improvement item at the institution.

    Raises `Invalid` where a fact is contradicted without a note, or something lacks and no day to come is given.
    """
    row, sample, state = _locked(CaseStep.JUDGE, actor, sampled_id)
    lacking = [check for check in Check if verdicts.get(check) is Verdict.LACKING]
    refuse(judgement_faults(row, verdicts, note, due_on))
    row.state, row.verdicts, row.note = state, {check: verdicts[check] for check in Check}, note.strip()
    row.judged_at, row.judged_by = clock.now(), person(actor)
    _tell(CaseStep.JUDGE, row, row.tenant_id, actor, sample=sample.serial, lacking=len(lacking))
    articles = {each["check"]: each["article"] for each in row.facts}
    with bound_tenant(db.session, row.institution_id):
        _tell(CaseStep.JUDGE, row, row.institution_id, actor, sample=sample.serial, lacking=len(lacking))
        for check in lacking:
            assert due_on is not None  # noqa: S101 - `judgement_faults` saw to it
            improvements.ask(
                actor=actor,
                tenant_id=row.institution_id,
                found=improvements.Asked(
                    sample_serial=sample.serial,
                    disclosure_id=row.disclosure_id,
                    case_serial=row.serial,
                    check=check,
                    article=articles[check],
                    finding=note.strip(),
                    due_on=due_on,
                ),
            )
    return row


def judgement_faults(
    row: SampledCase, verdicts: Mapping[Check, Verdict], note: str, due_on: date | None
) -> list[Invalid]:
    """Everything that is wrong with what an auditor says of an opened case."""
    said = {each["check"]: each["verdict"] for each in row.facts}
    contradicted = [check for check in Check if check in verdicts and verdicts[check] != said.get(check)]
    lacks = any(verdict is Verdict.LACKING for verdict in verdicts.values())
    return refusals(
        lambda: _check(set(verdicts) == set(Check), "請逐項選取查核結果。", "verdicts"),
        lambda: _check(not contradicted or bool(note.strip()), "結果與系統事實不同時，請在說明欄寫明理由。", "note"),
        lambda: _check(not lacks or bool(note.strip()), "有缺漏時，請在說明欄寫明要改善什麼。", "note"),
        lambda: free_text.check(note, field="note"),
        lambda: _check(not lacks or due_on is not None, "有缺漏時，請填寫改善期限。", "due_on"),
        lambda: _check(due_on is None or due_on > clock.today(), "改善期限應在今天以後。", "due_on"),
    )


def note_exported(*, actor: Actor, sample: AuditSample, form: str) -> None:
    """Record that the findings of a sample were taken along as a file."""
    actor.require(Permission.SAMPLE_DRAW)
    audit.record(
        Event.SAMPLE_EXPORTED,
        tenant_id=sample.tenant_id,
        actor=actor,
        subject_id=sample.id,
        serial=sample.serial,
        form=form,
    )


def _check(fine: bool, sentence: str, field: str) -> None:  # noqa: FBT001 - a condition and what to say otherwise
    if not fine:
        raise Invalid(sentence, field=field)


def _locked(step: CaseStep, actor: Actor, sampled_id: UUID) -> tuple[SampledCase, AuditSample, CaseState]:
    """The case with its draw, and where the step leads, for whoever may take it."""
    actor.require(TRANSITIONS[step].permission)
    row = db.session.scalar(select(SampledCase).where(SampledCase.id == sampled_id).with_for_update())
    if row is None:
        raise NotFound
    return row, queries.sample(actor=actor, sample_id=row.sample_id), next_state(row.state, step)


def _tell(step: CaseStep, row: SampledCase, tenant_id: UUID, actor: Actor, **fields: object) -> None:
    event = TRANSITIONS[step].event
    audit.record(event, tenant_id=tenant_id, actor=actor, subject_id=row.disclosure_id, serial=row.serial, **fields)


def _sample(
    sample_id: UUID, serial: str, wanted: Wanted, population: Sequence[Candidate], announced: Link, *, by: UUID
) -> AuditSample:
    return AuditSample(
        id=sample_id,
        serial=serial,
        purpose=wanted.purpose.strip(),
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        door=wanted.door,
        kind=wanted.kind,
        district=wanted.district,
        strata=wanted.strata,
        asked=wanted.count,
        population=len(population),
        drawn_from=[[str(each.institution_id), str(each.disclosure_id), each.stratum] for each in population],
        seed=announced.hash(),
        seq=announced.seq,
        drawn_at=announced.at,
        drawn_by=by,
    )


def _rows(sample: AuditSample, taken: Sequence[Candidate]) -> list[SampledCase]:
    return [
        SampledCase(
            tenant_id=sample.tenant_id,
            sample_id=sample.id,
            institution_id=each.institution_id,
            disclosure_id=each.disclosure_id,
            serial=each.serial,
            place=place,
            stratum=each.stratum,
        )
        for place, each in enumerate(taken, 1)
    ]


def _digest(taken: Sequence[Candidate]) -> str:
    return hashlib.sha256("\n".join(str(each.disclosure_id) for each in taken).encode()).hexdigest()
