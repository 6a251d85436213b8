"""The head's decision on an application, and the end of its case (KH-A1-15, KH-6-3, TY-5-1f)."""

from uuid import UUID

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from tenants import periods
from tenants.actor import Actor, person
from tenants.disclosures import asking, availability, halts
from tenants.disclosures.asking import Grant
from tenants.disclosures.insider import one_person, rules
from tenants.disclosures.insider.models import Box, InsiderRequest, apart
from tenants.disclosures.insider.panel import resolving
from tenants.disclosures.insider.rules import Refusal
from tenants.disclosures.insider.signing import check_turn, put_own
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.packages.ordering import ordered
from tenants.disclosures.progress import finish, let_hold_end, start
from tenants.disclosures.retained.closing import check_copied
from tenants.disclosures.steps import Step
from tenants.disclosures.windows import windows_of
from tenants.errors import Invalid
from tenants.permissions import Role
from tenants.registry.regulations import profile_version


def approve(
    *, actor: Actor, tenant_id: UUID, disclosure_id: UUID, grants: tuple[Grant, ...], reasons: str
) -> InsiderRequest:
    """同意 or 部分同意: the head signs the last box. To look, never to copy (KH-6-2j). Orders the copy that is watched.

    Where a panel decides, only windows of its latest resolution: narrower with reasons, never wider (KH-6-2h).
    Raises `Invalid` for windows beyond what was asked or resolved, `Destroyed` for what is gone, and as `check_turn`.
    """
    found = start(InsiderRequest, Step.APPROVE, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    acting = check_turn(found, Box.HEAD, actor=actor, rule=profile_version(found.profile, found.profile_version))
    windows = windows_of(found)
    asked = {key: availability.asked_of(window) for key, window in windows.items()}
    gone = availability.out_of_reach(found, windows)
    asking.check_grants(grants, asked, destroyed=gone.destroyed, absent=gone.absent)
    if found.panel_required:
        resolving.check_head(found, grants)
    full = {grant.window_id: (grant.started_at, grant.ended_at) for grant in grants} == {
        key: (window.started_at, window.ended_at) for key, window in asked.items()
    }
    if not full and not reasons.strip():
        raise Invalid("部分同意時，應敘明理由。", field="reasons")
    for grant in grants:
        windows[grant.window_id].approved_from = grant.started_at
        windows[grant.window_id].approved_until = grant.ended_at
    put_own(found, Box.HEAD, actor=actor, acting=acting)
    _decided(found, actor, reasons)
    package = ordered(found, agency_id=None)
    db.session.add(package)
    enqueue_after_commit(db.session, Job.BUILD_PACKAGE, tenant_id=tenant_id, package_id=package.id)
    step = Step.APPROVE if full else Step.APPROVE_PART
    return finish(
        step, actor=actor, disclosure=found, decision=step.value, windows=asking.plain_grants(grants), acting=acting
    )


def refuse(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, refusal: Refusal, reasons: str) -> InsiderRequest:
    """不同意, by a reason of the list and in words; "past its period and deleted" only where both hold (KH-6-3b)."""
    found = start(InsiderRequest, Step.REFUSE, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    rules.check_not_involved(actor.id, apart(found))
    if found.panel_required:
        resolving.check_head_may_refuse(found)
    if refusal not in possible_refusals(found):
        raise Invalid("這個理由不成立：影像仍在保存期間內，或尚未刪除，應依程序處理。", field="refusal")
    if not reasons.strip():
        raise Invalid("不同意時應敘明理由，並告知後續可行的方式。", field="reasons")
    found.refusal = refusal
    _decided(found, actor, reasons)
    let_hold_end(found, actor=actor)
    return finish(
        Step.REFUSE, actor=actor, disclosure=found, decision=Step.REFUSE.value, windows=[], acting=found.decided_acting
    )


def close_application(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> InsiderRequest:
    """結案. A granted case waits for its viewing until the appeal period is over, and then for its copy (KH-6-4a)."""
    found = start(InsiderRequest, Step.CLOSE, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    granted = found.state in {DisclosureState.APPROVED, DisclosureState.PARTIALLY_APPROVED}
    if granted and found.decided_at is not None and not halts.taken_back(found):
        last = periods.appealable_through(clock.civil_day(found.decided_at))
        if clock.today() <= last:
            raise Invalid("核准的影像尚未調閱，不能結案。", code="not_viewed")
    check_copied(found)
    found.closed_at, found.closed_by = clock.now(), person(actor)
    if found.state != DisclosureState.REFUSED:
        let_hold_end(found, actor=actor)
    return finish(Step.CLOSE, actor=actor, disclosure=found)


def possible_refusals(found: InsiderRequest) -> frozenset[Refusal]:
    """The reasons for which this application may be refused today."""
    left = [availability.left_of(found, window) for window in windows_of(found).values()]
    return rules.refusals([_as_known(found, each) for each in left])


def _as_known(found: InsiderRequest, left: availability.Left) -> rules.Left:
    return rules.Left(
        destroyed=left.destroyed,
        recorded=bool(left.recorded),
        period_over=left.destroyed or left.expired,
        lost=availability.lost_since_filing(found, left),
    )


def _decided(found: InsiderRequest, actor: Actor, reasons: str) -> None:
    """The decision is the answer: an insider is told by it and no letter follows."""
    found.decided_at = found.replied_at = clock.now()
    found.decided_by = found.replied_by = person(actor)
    found.decision_reasons, found.decided_acting = reasons.strip(), actor.stands_in(Role.HEAD)
    one_person.note(found, actor=actor)
