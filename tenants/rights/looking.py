"""Whoever looks at a request's footage while the others in it are not hidden yet is not alone (DR-28, KH-7-1, TY-5-4a).

Before the decision, for the legal review (個人資料保護法第十條第三款), the head allows it (infra/decisions/0043); after
a grant it is how masks are drawn (0067). The handler opens it, and somebody else of the institution is there, who typed
their PIN within a quarter of an hour.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from infra import clock
from tenants.actor import Actor, person
from tenants.audit import queries as chain
from tenants.audit.events import Event
from tenants.audit.models import AuditEvent
from tenants.disclosures.viewing import queries as viewing
from tenants.disclosures.viewing.rules import CONFIRMED_FOR
from tenants.errors import Invalid, NotAllowed
from tenants.people import pins
from tenants.permissions import Permission
from tenants.rights import film, rules
from tenants.rights.lifecycle import RightsStep
from tenants.rights.models import RightsRequest
from tenants.rights.queries import colleagues
from tenants.rights.steps import finish, start

# A person who typed their PIN for one of these stands there from then on, and nowhere else (DR-14).
_ELSEWHERE = (
    Event.RIGHTS_LOOK_BEGUN,
    Event.VIEWING_BEGUN,
    Event.VIEWING_CONFIRMED,
    Event.VIEWING_HANDED_OVER,
    Event.VIEWING_RESUMED,
)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Who is there beside whoever looks, and until when without another PIN."""

    name: str
    until: datetime


def ask_look(*, actor: Actor, tenant_id: UUID, rights_id: UUID) -> RightsRequest:
    """The handler asks the head to let the footage be looked at: it stands on the head's list from now on.

    Raises `Invalid` where nothing is weighed, or it was asked or allowed already.
    """
    found = start(RightsStep.ASK_LOOK, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    rules.check_apart(actor.name, found)
    rules.check_weighed(right=found.right, has_footage=found.camera_id is not None)
    if found.look_asked_at is not None or found.look_allowed_at is not None:
        raise Invalid("已經請首長同意。請重新整理頁面查看最新進度。")
    found.look_asked_at, found.look_asked_by = clock.now(), person(actor)
    return finish(RightsStep.ASK_LOOK, found, actor=actor)


def allow_look(*, actor: Actor, tenant_id: UUID, rights_id: UUID) -> RightsRequest:
    """The head lets the footage be looked at for the review: nothing is opened that nobody allowed (KH-4-2, DR-02)."""
    found = start(RightsStep.ALLOW_LOOK, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    rules.check_apart(actor.name, found)
    rules.check_weighed(right=found.right, has_footage=found.camera_id is not None)
    if found.look_allowed_at is not None:
        raise Invalid("已經同意檢視影像。請重新整理頁面查看最新進度。")
    found.look_allowed_at, found.look_allowed_by = clock.now(), person(actor)
    return finish(RightsStep.ALLOW_LOOK, found, actor=actor)


def begin_look(*, actor: Actor, tenant_id: UUID, rights_id: UUID, companion_id: UUID, pin: str) -> RightsRequest:
    """Somebody else of the institution is there, for a quarter of an hour: until then this person may open the film.

    Raises `Invalid` with the form's field, and `WrongPin`, whose count of tries its caller commits.
    """
    found = start(RightsStep.BEGIN_LOOK, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    actor.require(Permission.RIGHTS_HANDLE)
    check_looked(found, actor)
    film.check_ready(found)
    if companion_id not in {each.id for each in colleagues(found, actor)}:
        raise Invalid("請選取另一位現職人員陪同；不能是操作者，也不能是請求人或當事人。", field="companion")
    if viewing.is_accompanying(tenant_id=tenant_id, user_id=companion_id):
        raise Invalid("這位人員正在陪同一場調閱，同一時間只能在一處。請改由其他人員陪同。", field="companion")
    pins.prove(user_id=companion_id, pin=pin, actor=actor)
    return finish(RightsStep.BEGIN_LOOK, found, actor=actor, companion_id=str(companion_id))


def stop_look(*, actor: Actor, tenant_id: UUID, rights_id: UUID) -> RightsRequest:
    """「停止」: nobody is beside this person any more, so no further piece is shown until a PIN is typed again."""
    found = start(RightsStep.STOP_LOOK, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    return finish(RightsStep.STOP_LOOK, found, actor=actor)


def check_looked(found: RightsRequest, actor: Actor) -> None:
    """Raise `Invalid` unless footage of the request may be looked at by this person, with somebody beside."""
    rules.check_apart(actor.name, found)
    if found.answered_at is not None:
        rules.check_shown(answer=found.answer, right=found.right, has_footage=found.camera_id is not None)
        return
    rules.check_weighed(right=found.right, has_footage=found.camera_id is not None)
    rules.check_allowed(allowed=found.look_allowed_at is not None)


def check_accompanied(found: RightsRequest, actor: Actor) -> None:
    """Raise `NotAllowed` unless somebody is beside this person now, and as `check_looked` does. Asked at each piece."""
    check_looked(found, actor)
    if accompanied(found, actor) is None:
        raise NotAllowed("影像遮蔽並經確認之前，檢視須有人員在場陪同。請回到頁面，由陪同人員輸入 PIN。")


def accompanied(found: RightsRequest, actor: Actor) -> Beside | None:
    """Who is there beside this person, and until when; None for nobody.

    Nobody is there any more who went elsewhere, left the institution, or turned out to be concerned, nor once the
    person stopped.
    """
    begun = _last_begun(found, actor)
    if begun is None or begun.at + CONFIRMED_FOR <= clock.now():
        return None
    by_id = {str(each.id): each.name for each in colleagues(found, actor)}
    companion = begun.fields["companion_id"]
    later = chain.after(tenant_id=found.tenant_id, seq=begun.seq, kinds=_ELSEWHERE)
    gone = companion not in by_id or any(each.fields["companion_id"] == companion for each in later)
    return None if gone else Beside(name=by_id[companion], until=begun.at + CONFIRMED_FOR)


def _last_begun(found: RightsRequest, actor: Actor) -> AuditEvent | None:
    """The beginning of the look that was not stopped since."""
    kinds = (Event.RIGHTS_LOOK_BEGUN, Event.RIGHTS_LOOK_STOPPED)
    said = chain.of_subject(tenant_id=found.tenant_id, subject_id=found.id, kinds=kinds)
    last = next((each for each in reversed(said) if each.actor_id == actor.id), None)
    return last if last is not None and last.event == Event.RIGHTS_LOOK_BEGUN.key else None
