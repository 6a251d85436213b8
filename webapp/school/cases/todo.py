"""Cases that wait for the head after a breach, for the institution's first page (KH-6-2i, KH-5-1c, 0053)."""

from collections.abc import Iterator
from uuid import UUID

from flask import url_for

from tenants.actor import Actor
from tenants.disclosures import halting
from tenants.disclosures.halts import BY_HAND
from tenants.disclosures.models import Disclosure, Halt
from tenants.permissions import Permission
from tenants.profiles import Clause
from webapp.school.todo_item import Item
from webapp.school.viewings import view

_WORDS = {
    Halt.ALL: "通報違規，調閱與領取已暫停，請決定撤銷調閱與領取，或繼續",
    Halt.VIEWING: "機構人員經通報違規，到場調閱已暫停，請改派人員並決定繼續",
}
_BY_HAND = "調閱與領取由首長暫停，原因消滅後，請決定繼續或撤銷"


def items(*, tenant_id: UUID, actor: Actor) -> Iterator[Item]:
    """Each case that was halted and that this person can decide; it comes before the others."""
    if not actor.may(Permission.DISCLOSURE_DECIDE):
        return
    for case in halting.waiting(tenant_id=tenant_id, actor=actor):
        yield Item(
            text=f"{case.serial}：{_words(case)}",
            href=url_for("school.halts.show", disclosure_id=case.id),
            article=view.rules_of(case).article(Clause.CONFIDENTIALITY),
            urgent=True,
        )


def _words(case: Disclosure) -> str:
    return _BY_HAND if case.halt_cause in BY_HAND else _WORDS[Halt(case.halt)]
