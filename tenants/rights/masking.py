"""Audited acts upon a granted request's footage: who hides what, who saw that it is hidden, what left on which medium.

The footage of a request is shown to nobody whole but to whoever masks it, and every opening is an event of the chain.
A copy is made while it is being written to the medium of the person, from the copies of the request's hold, and nothing
of it stays with us (infra/decisions/0033). Whoever made the masks is not the only one who looked: somebody else of the
institution confirms them with a PIN, once the film was opened as it is hidden, and a change takes both back.
"""

from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.disclosures.official.rules import check_read_back
from tenants.errors import Invalid, NotFound
from tenants.people import pins
from tenants.permissions import Permission
from tenants.rights import film, masks, rules
from tenants.rights.lifecycle import RightsStep
from tenants.rights.masks import Plan
from tenants.rights.models import RightsCopy, RightsRequest
from tenants.rights.queries import colleagues
from tenants.rights.steps import finish, start


def begin(step: RightsStep, *, actor: Actor, tenant_id: UUID, rights_id: UUID) -> RightsRequest:
    """The locked request, for somebody who may handle it and watch its footage, if it has any to be shown or given.

    Raises `NotAllowed`, `InvalidTransition`, and `Invalid` where nothing of it may be shown, or to this person.
    """
    found = start(step, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    check_handled(found, actor)
    return found


def check_handled(found: RightsRequest, actor: Actor) -> None:
    """Raise as `begin` does, for a request whatever step it takes."""
    actor.require(Permission.RIGHTS_HANDLE)
    rules.check_shown(answer=found.answer, right=found.right, has_footage=found.camera_id is not None)
    rules.check_apart(actor.name, found)


def set_masks(*, actor: Actor, tenant_id: UUID, rights_id: UUID, plan: Plan) -> RightsRequest:
    """Say which span is shown or given and what is hidden in it; whoever confirmed the masks before has to anew."""
    found = begin(RightsStep.MASK, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    masks.check_plan(plan, asked_us=film.asked_us(found))
    found.mask_plan, found.masked_at, found.masked_by = plan.to_json(), clock.now(), person(actor)
    found.masks_confirmed_at = found.masks_confirmed_by = None
    return finish(RightsStep.MASK, found, actor=actor, masks_sha256=plan.sha256, count=len(plan.boxes))


def confirm_masks(
    *, actor: Actor, tenant_id: UUID, rights_id: UUID, companion_id: UUID, pin: str, nobody_visible: bool
) -> RightsRequest:
    """Somebody else of the institution looked at the masked film beside whoever operates, and types their PIN.

    At whose screen they stand, that person opened every take of it since the masks were saved. `nobody_visible`: others
    were found in the footage, and both say that none is in the span. Raises `Invalid`, with the form's field where it
    is about one, and `WrongPin`, whose count of tries its caller commits.
    """
    found = begin(RightsStep.CONFIRM_MASKS, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    if found.mask_plan is None:
        raise Invalid("請先儲存遮蔽範圍，再由另一位人員確認。", field="companion", code="not_masked")
    film.check_ready(found)
    plan = film.plan_of(found)
    rules.check_hidden(third_parties=found.third_parties, boxes=len(plan.boxes), nobody_visible=nobody_visible)
    rules.check_opened([each.number for each in film.takes_of(found)], opened=film.opened_takes(found, actor))
    companion = next((each for each in colleagues(found, actor) if each.id == companion_id), None)
    if companion is None:
        raise Invalid("請選取另一位現職人員確認；不能是操作者，也不能是請求人或當事人。", field="companion")
    pins.prove(user_id=companion_id, pin=pin, actor=actor)
    found.masks_confirmed_at, found.masks_confirmed_by = clock.now(), companion_id
    said = {"masks_sha256": plan.sha256, "digest": film.sources(found), "count": len(plan.boxes)}
    return finish(RightsStep.CONFIRM_MASKS, found, actor=actor, **said, companion_id=str(companion_id))


def prepare_copy(*, actor: Actor, tenant_id: UUID, rights_id: UUID, medium_serial: str, take: int) -> RightsCopy:
    """Name the medium that a copy leaves on, before anything is made.

    Raises `Invalid` before the masks are confirmed, and `NotFound` for a take that there is not.
    """
    found = begin(RightsStep.PREPARE_COPY, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    rules.check_copied(right=found.right, confirmed=film.is_confirmed(found))
    if not medium_serial.strip():
        raise Invalid("請填寫媒體的序號或編號，例如光碟或隨身碟上的號碼。", field="medium_serial")
    film.check_take(found, take)
    made = RightsCopy(
        id=uuid4(),
        tenant_id=tenant_id,
        rights_id=rights_id,
        take=take,
        medium_serial=medium_serial.strip(),
        prepared_at=clock.now(),
        prepared_by=person(actor),
        masks_sha256=film.plan_of(found).sha256,
    )
    db.session.add(made)
    said = {"masked_copy_id": str(made.id), "medium_serial": made.medium_serial}
    finish(RightsStep.PREPARE_COPY, found, actor=actor, **said)
    return made


def read_back(*, actor: Actor, tenant_id: UUID, copy_id: UUID, typed: str) -> RightsCopy:
    """What was read from the medium is the copy that left. Raises `Invalid`, field `read_back`, for anything else."""
    copy = locked_copy(tenant_id=tenant_id, copy_id=copy_id)
    found = begin(RightsStep.READ_BACK, actor=actor, tenant_id=tenant_id, rights_id=copy.rights_id)
    if not copy.sha256:
        raise Invalid("這個媒體還沒有完整下載過複製本。請先下載寫入。", field="read_back")
    check_read_back(typed, sha256=copy.sha256)
    copy.read_back_at, copy.read_back_by = clock.now(), person(actor)
    finish(RightsStep.READ_BACK, found, actor=actor, masked_copy_id=str(copy.id), sha256=copy.sha256)
    return copy


def locked_copy(*, tenant_id: UUID, copy_id: UUID) -> RightsCopy:
    """One copy, taken for this transaction. Raises `NotFound`."""
    query = select(RightsCopy).where(RightsCopy.tenant_id == tenant_id, RightsCopy.id == copy_id)
    found = db.session.scalar(query.with_for_update(), execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found
