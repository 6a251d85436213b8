"""撤回 after the consent: possible until somebody has seen something, and what stands in the way of it (KH-6-5b).

Asked while the case's row is locked: whoever collects, or begins or ends a viewing, locks the same row first.
"""

from sqlalchemy import exists, select

from infra.db import db
from tenants.actor import Actor
from tenants.disclosures.lifecycle import course_of, possible
from tenants.disclosures.models import Disclosure, DisclosureState
from tenants.disclosures.progress import record
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing import queries as viewings
from tenants.disclosures.viewing.appointing import appointment
from tenants.errors import InvalidTransition


def check_nothing_seen(disclosure: Disclosure) -> None:
    """Raise `InvalidTransition` while `fault_of` finds something in the way."""
    fault = fault_of(disclosure)
    if fault is not None:
        raise fault


def fault_of(disclosure: Disclosure) -> InvalidTransition | None:
    """Why a case cannot be withdrawn any more, with what to do instead; None while nobody saw anything of it."""
    if disclosure.decided_at is None:
        return None
    of_case = RegisterEntry.tenant_id == disclosure.tenant_id, RegisterEntry.disclosure_id == disclosure.id
    if db.session.scalar(select(exists().where(*of_case))):
        return InvalidTransition("影像已經調閱並登載於登記簿，案件不能撤回。不再需要影像時，請通知機構結案。")
    if viewings.open_session(tenant_id=disclosure.tenant_id, disclosure_id=disclosure.id) is not None:
        return InvalidTransition("機構有一場調閱尚未結束，現在不能撤回。請待該場結束後再試，或洽機構辦理。")
    return None


def in_the_way(disclosure: Disclosure) -> str | None:
    """The same as a sentence for a page, empty where nothing is in the way; None where the case is past this step."""
    if Step.WITHDRAW not in possible(course_of(disclosure), DisclosureState(disclosure.state)):
        return None
    fault = fault_of(disclosure)
    return str(fault) if fault is not None else ""


def call_off(disclosure: Disclosure, *, actor: Actor) -> None:
    """End an agreed time with the case, and tell whoever was told of it. Called before the case is withdrawn."""
    agreed = appointment(tenant_id=disclosure.tenant_id, disclosure_id=disclosure.id)
    if agreed is not None:
        record(Step.CALL_OFF, actor=actor, disclosure=disclosure, starts_at=agreed.starts_at.isoformat())
