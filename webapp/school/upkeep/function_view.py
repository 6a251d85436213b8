"""What was found of a camera's functions, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.profiles import Clause
from tenants.registry.models import Camera
from tenants.upkeep import queries
from tenants.upkeep.rules import Found, Function, to_improve
from webapp.school import regulation
from webapp.school.upkeep.forms import FOUND_NAMES, FunctionsForm

# 宜 is advice: what is lacking is shown as something to improve and never as a fault (KH-3-7).
_BADGES = {Found.MET: "good", Found.UNMET: "info", Found.NOT_ASSESSED: "unknown"}


@dataclass(frozen=True, kw_only=True)
class Functions:
    """The four functions of one camera, each with badge, state and what was said; how many could be improved."""

    lines: Sequence[tuple[str, str, str, str]]
    improve: int
    reviewed_at: datetime | None
    article: str


def functions(*, tenant_id: UUID, camera: Camera) -> Functions | None:
    """What was found last; None where the regulation says nothing of functions (TY-X-1)."""
    rules = regulation.rules_by_site(tenant_id=tenant_id)[camera.site_id]
    if not rules.equipment_functions:
        return None
    last = queries.last_review(tenant_id=tenant_id, camera_id=camera.id)
    found = queries.found(last) if last is not None else dict.fromkeys(Function, Found.NOT_ASSESSED)
    said = queries.remarks(last) if last is not None else {}
    form = FunctionsForm(formdata=None)
    return Functions(
        lines=[
            (form[one.value].label.text, _BADGES[state], FOUND_NAMES[state], said.get(one, ""))
            for one, state in found.items()
        ],
        improve=len(to_improve(found)),
        reviewed_at=last.created_at if last is not None else None,
        article=rules.article(Clause.EQUIPMENT),
    )
