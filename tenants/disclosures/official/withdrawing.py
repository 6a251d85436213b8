"""撤回 by the agency: before the decision, and after it while nothing of its consent was fetched or looked at."""

from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.disclosures import withdrawing
from tenants.disclosures.official.in_person import waiting_medium
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.passphrases import forget_passphrase
from tenants.disclosures.packages.models import Package
from tenants.disclosures.progress import finish, let_hold_end, start
from tenants.disclosures.steps import Step


def withdraw(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> OfficialRequest:
    """撤回. A link, an untold passphrase, a medium that waits and an agreed time end with the case (KH-6-5b).

    The hold ends after the appeal period, as after a refusal (DR-01), and what was built goes with it. Raises
    `InvalidTransition` once something was seen or taken, as `withdrawing.check_nothing_seen` does.
    """
    disclosure = start(OfficialRequest, Step.WITHDRAW, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    withdrawing.check_nothing_seen(disclosure)
    _end_offer(disclosure, actor=actor)
    withdrawing.call_off(disclosure, actor=actor)
    let_hold_end(disclosure, actor=actor)
    return finish(Step.WITHDRAW, actor=actor, disclosure=disclosure)


def _end_offer(disclosure: OfficialRequest, *, actor: Actor) -> None:
    query = select(Package).where(Package.tenant_id == disclosure.tenant_id, Package.disclosure_id == disclosure.id)
    package = db.session.scalar(query.execution_options(populate_existing=True))
    if package is None:
        return
    if package.link_hash:  # only then: while a worker builds a copy it holds the row, and there is no link yet
        package.end_link()
    medium = waiting_medium(disclosure)
    if medium is not None:
        medium.replaced_at = clock.now()
    forget_passphrase(actor=actor, disclosure=disclosure, package_id=package.id)
