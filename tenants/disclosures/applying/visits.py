"""What somebody without an account does before asking: prove an address by a code, fill in, leave (KH-6-2g).

Nothing here says whether an address is known: a code goes to any address, up to a number of times, and who asks once
too often, or types a wrong code, sees what everybody sees.
"""

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.lookup_keys import LookupKey, LookupSecret
from infra.mail import Mail
from infra.queues import Job, enqueue_after_commit
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.applying import queries, rules
from tenants.disclosures.applying.models import Visit
from tenants.errors import Invalid
from tenants.people import passwords
from tenants.registry import queries as registry

_PURPOSE = "applicant_address"
_TEXT = """您的驗證碼：{code}

請在 {minutes} 分鐘內，於剛才的網頁輸入。驗證碼只能用一次，請勿告訴他人，學校與幼兒園也不會向您詢問。

如果您沒有要求驗證碼，請忽略本信，不會有任何影響。
本信由系統自動寄出，請勿回覆。
"""


def ask_code(*, actor: Actor, tenant_id: UUID, email: str, lookup: LookupSecret) -> UUID:
    """Have a code sent to an address; the id of the visit that it opens.

    Beyond the number of codes that an address gets, the answer is the same and the visit is one that nothing opens.
    Raises `Invalid` for what is no address, and where the whole institution is asked for too many.
    """
    address = rules.normal_address(email)
    search = _search_key(lookup, tenant_id).digest(address)
    if queries.codes_asked(tenant_id=tenant_id).hour >= rules.CODES_OF_INSTITUTION_AN_HOUR:
        raise Invalid("目前索取驗證碼的人太多，請約一小時後再試，或直接向機構洽詢。", field="email", code="busy")
    asked = queries.codes_asked(tenant_id=tenant_id, email_search=search)
    visit_id = uuid4()
    if not rules.may_be_sent(last_hour=asked.hour, last_day=asked.day):
        return visit_id
    made = Visit(id=visit_id, tenant_id=tenant_id, email=address, email_search=search, asked_at=clock.now())
    db.session.add(made)
    db.session.flush()
    audit.record(Event.APPLICANT_CODE_ASKED, tenant_id=tenant_id, actor=actor, subject_id=visit_id)
    enqueue_after_commit(db.session, Job.SEND_CODE, tenant_id=tenant_id, visit_id=visit_id)
    return visit_id


def make_code(*, actor: Actor, tenant_id: UUID, visit_id: UUID) -> Mail | None:
    """Make the code of a visit that waits for one, and the mail that brings it; None where none is due.

    The code itself lies nowhere: the row keeps its Argon2 hash, and the queue only ever held the visit's id.
    """
    visit = queries.locked(tenant_id=tenant_id, visit_id=visit_id)
    if visit is None or visit.code_sent_at is not None or not visit.email:
        return None
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}"
    visit.code_hash, visit.code_sent_at = passwords.hashed(code), clock.now()
    audit.record(Event.APPLICANT_CODE_SENT, tenant_id=tenant_id, actor=actor, subject_id=visit_id)
    minutes = int(rules.CODE_LIVES.total_seconds()) // 60
    house = registry.tenant(tenant_id=tenant_id).name
    return Mail(to=visit.email, house=house, subject="驗證碼", text=_TEXT.format(code=code, minutes=minutes))


def prove(*, actor: Actor, tenant_id: UUID, visit_id: UUID, code: str, before: UUID | None = None) -> bool:
    """Whether this was the visit's code; if so, the address is proved for this browser.

    A refusal changes rows (the number of tries), so its caller lets the transaction commit; it takes as long for a
    visit that is none. What the same address typed in the visit `before` is taken along.
    """
    visit = queries.locked(tenant_id=tenant_id, visit_id=visit_id)
    tried = visit is not None and rules.code_opens(sent_at=visit.code_sent_at, tries=visit.tries, now=clock.now())
    right = passwords.matches(rules.normal_code(code), visit.code_hash or None if visit is not None and tried else None)
    if visit is None or not tried:
        return False
    visit.tries += 1
    if not right:
        audit.record(
            Event.APPLICANT_PROOF_FAILED, tenant_id=tenant_id, actor=actor, subject_id=visit_id, failures=visit.tries
        )
        return False
    visit.proved_at, visit.code_hash = clock.now(), ""
    visit.answers = _taken_along(visit, before)
    audit.record(Event.APPLICANT_PROVED, tenant_id=tenant_id, actor=actor, subject_id=visit_id)
    return True


def keep(*, actor: Actor, visit: Visit, part: str, answers: Sequence[tuple[str, str]]) -> None:  # noqa: ARG001 - as every action
    """Keep what was typed on one page, as it was typed, until it is sent or forgotten."""
    visit.answers = visit.answers | {part: [list(pair) for pair in answers]}


def clear(*, actor: Actor, visit: Visit) -> None:  # noqa: ARG001 - as every action
    """Empty the form after it was sent; the address stays proved, to follow the case."""
    visit.answers = {}


def leave(*, actor: Actor, tenant_id: UUID, visit_id: UUID) -> None:
    """End a visit, as on a telephone that is handed back: nothing of it opens or shows anything any more."""
    visit = queries.locked(tenant_id=tenant_id, visit_id=visit_id)
    if visit is not None and visit.ended_at is None:
        _empty(visit)
        audit.record(Event.APPLICANT_FORGOTTEN, tenant_id=tenant_id, actor=actor, subject_id=visit_id, count=1)


def forget(*, actor: Actor, tenant_id: UUID) -> int:
    """Empty every visit of the day before, hashes of addresses included; how many those were."""
    old = queries.to_forget(tenant_id=tenant_id)
    for visit in old:
        _empty(visit)
        visit.email_search = ""
    if old:
        audit.record(Event.APPLICANT_FORGOTTEN, tenant_id=tenant_id, actor=actor, count=len(old))
    return len(old)


def _search_key(lookup: LookupSecret, tenant_id: UUID) -> LookupKey:
    return lookup.key(tenant_id=tenant_id, purpose=_PURPOSE)


def _taken_along(visit: Visit, before: UUID | None) -> dict[str, Any]:
    earlier = queries.visit(tenant_id=visit.tenant_id, visit_id=before) if before is not None else None
    same = earlier is not None and earlier.proved_at is not None and earlier.email == visit.email
    return dict(earlier.answers) if earlier is not None and same else {}


def _empty(visit: Visit) -> None:
    visit.email, visit.code_hash, visit.answers = "", "", {}
    visit.ended_at = visit.ended_at or clock.now()
