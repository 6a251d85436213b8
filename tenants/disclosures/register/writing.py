"""Lines that a person enters: 補登 of what was written on paper, and 更正, which adds a line and changes none (KH-7-2).

Numbers go on without holes whatever day the paper is of: a line keeps the times of the paper and gets the next number
of the book of the year in which it is entered (DR-20).
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.objects import ObjectStore
from infra.turns import queue_up
from tenants.actor import Actor, person
from tenants.disclosures import queries as disclosures
from tenants.disclosures.models import Disclosure
from tenants.disclosures.official import letters
from tenants.disclosures.official.letters import Scan
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.papers import scans
from tenants.disclosures.register.actions import SERIES, Line, Typed, enter
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.register.rules import WrittenLine, check_written
from tenants.errors import Invalid, NotFound, refuse
from tenants.people import queries as people
from tenants.permissions import Permission

_LONGEST_NUMBER = 40


def enter_paper(
    *,
    actor: Actor,
    tenant_id: UUID,
    disclosure_id: UUID,
    line: WrittenLine,
    operator_id: UUID,
    paper_number: str,
    scan: Scan | None = None,
    store: ObjectStore,
) -> RegisterEntry:
    """補登: enter a line of a paper about a case of this institution, with its scan where there is one already.

    Raises `Invalid` with the form's field: also for a paper number that is there already, and for what is to come.
    """
    actor.require(Permission.PAPER_ENTER)
    disclosure = _case(actor, tenant_id, disclosure_id)
    number = _checked_number(tenant_id, paper_number)
    check_written(line, now=clock.now(), may_copy=isinstance(disclosure, OfficialRequest))
    checked = letters.read(scan) if scan is not None else None
    typed = Typed(by=person(actor), content=_content(line), paper_number=number)
    made = enter(actor=actor, disclosure=disclosure, line=_line(line, _operator(tenant_id, operator_id)), typed=typed)
    if checked is not None:
        scans.keep(
            checked, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure.id, entry_id=made.id, store=store
        )
    return made


def correct(
    *, actor: Actor, tenant_id: UUID, entry_id: UUID, line: WrittenLine, operator_id: UUID | None, reason: str
) -> RegisterEntry:
    """更正: add the line as it should have read, which names the one that it corrects. That one stays as it is.

    `operator_id` None leaves the operator as it stood. A correction is itself corrected by another one.
    """
    actor.require(Permission.PAPER_ENTER)
    old = entry(tenant_id=tenant_id, entry_id=entry_id)
    disclosure = _case(actor, tenant_id, old.disclosure_id)
    if not reason.strip():
        raise Invalid("請說明更正的原因，例如「紙本誤繕時間」。", field="reason")
    check_written(line, now=clock.now(), may_copy=isinstance(disclosure, OfficialRequest))
    typed = Typed(by=person(actor), content=_content(line), corrects=old, reason=reason.strip())
    operator = old.operator_name if operator_id is None else _operator(tenant_id, operator_id)
    return enter(actor=actor, disclosure=disclosure, line=_line(line, operator), typed=typed)


def entry(*, tenant_id: UUID, entry_id: UUID) -> RegisterEntry:
    """One line. Raises `NotFound`."""
    query = select(RegisterEntry).where(RegisterEntry.tenant_id == tenant_id, RegisterEntry.id == entry_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _case(actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> Disclosure:
    found = disclosures.found(tenant_id=tenant_id, disclosure_id=disclosure_id)
    scans.refuse_involved(actor=actor, tenant_id=tenant_id, disclosure_id=found.id)
    return found


def _checked_number(tenant_id: UUID, typed: str) -> str:
    """The paper's number, once in the book; two who enter the same paper at once take turns."""
    queue_up(SERIES, tenant_id)
    refuse(number_faults(tenant_id=tenant_id, typed=typed))
    return typed.strip()


def number_faults(*, tenant_id: UUID, typed: str) -> Iterator[Invalid]:
    """Why a paper's number cannot be entered: it is none, too long, or in the book already."""
    number = typed.strip()
    if not number or len(number) > _LONGEST_NUMBER:
        yield Invalid(f"請填寫紙本編號，至多{_LONGEST_NUMBER}字，例如「紙115-3」。", field="paper_number")
    query = select(RegisterEntry.roc_year, RegisterEntry.number).where(
        RegisterEntry.tenant_id == tenant_id, RegisterEntry.paper_number == number
    )
    there = db.session.execute(query.order_by(RegisterEntry.entered_at)).first()
    if there is not None:
        yield Invalid(
            f"這個紙本編號已登載於{there.roc_year}年第{there.number}號。內容有誤時，請以更正辦理；"
            "同一張紙有多列時，請於編號後加註列次，例如「紙115-3-2」。",
            field="paper_number",
        )


def _operator(tenant_id: UUID, operator_id: UUID) -> str:
    """The name of who operated, of those who work here (KH-A2-07)."""
    for _held, user in people.staff(tenant_id=tenant_id):
        if user.id == operator_id:
            return user.name
    raise Invalid("請從清單中選取當時的系統操作承辦人。", field="operator")


def _content(line: WrittenLine) -> list[dict[str, str]]:
    return [
        {"camera": each.camera, "from": each.started_at.isoformat(), "until": each.ended_at.isoformat()}
        for each in line.seen
    ]


def _line(written: WrittenLine, operator: str) -> Line:
    first, *others = written.people
    return Line(
        name=first.name,
        unit=first.unit.strip(),
        title=first.title,
        started_at=written.started_at,
        ended_at=written.ended_at,
        summary=written.summary.strip(),
        operator=operator,
        viewed=written.viewed,
        copied=written.copied,
        accompanied_by=written.accompanied_by.strip(),
        companions=tuple(
            {"name": each.name.strip(), "unit": each.unit.strip(), "title": each.title.strip()} for each in others
        ),
    )
