"""What the nightly look found unmet and no other line of the first page tells: papers and lists to set right."""

from collections.abc import Iterator, Mapping
from datetime import date
from uuid import UUID

from flask import url_for

from tenants.actor import Actor
from tenants.compliance.articles import own
from tenants.permissions import Permission
from webapp.school import regulation
from webapp.school.todo_item import Item

# Where each is set right, and who does it. What is wrong is listed there.
_PLACES: Mapping[str, tuple[str, Permission]] = {
    "local_policy": ("school.policies.index", Permission.POLICY_ADOPT),
    "zones": ("school.assessments.index", Permission.ZONE_ASSESS),
    "property": ("school.property.index", Permission.PROPERTY_KEEP),
    "origin": ("school.property.index", Permission.PROPERTY_CONFIRM),
}


def items(*, tenant_id: UUID, actor: Actor, today: date) -> Iterator[Item]:
    """A line for each article, as the bureau reads it; its letters send the head here (DR-30)."""
    among = [key for key, (_, permission) in _PLACES.items() if actor.may(permission)]
    if not among:
        return
    rules = regulation.rules_of_institution(tenant_id=tenant_id)
    for each in own.unmet(tenant_id=tenant_id, among=among, today=today):
        article = each.article
        yield Item(
            text=f"{article.name}：{each.wrong} {article.unit}未符合，請補正（每 15 分鐘重新檢視）",
            href=url_for(_PLACES[article.key][0]),
            article=rules.article(article.clause),
        )
