"""The institution's own look at a finished copy before it leaves: HLS from `media`, in this page's player."""

from uuid import UUID

from flask import Blueprint, render_template

from tenants.disclosures import held_film
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.official import queries as official
from tenants.disclosures.packages.models import PackageState
from tenants.errors import Invalid, NotFound
from tenants.permissions import Permission
from tenants.profiles import Clause
from webapp.access import requires
from webapp.case_progress import rules_of
from webapp.school.cases import review_view

blueprint = Blueprint("review", __name__, url_prefix="/cases/<uuid:disclosure_id>/review")


@blueprint.get("/<int:part>")
@requires(Permission.FOOTAGE_WATCH)
def show(tenant_id: UUID, disclosure_id: UUID, part: int) -> str:
    """One part of the copy: player, gaps, and what it was made from. No download, on purpose."""
    found = official.case(tenant_id=tenant_id, disclosure_id=disclosure_id)
    if found.package is None or found.package.state != PackageState.READY:
        raise Invalid("影像複製尚未完成，還不能播放。請稍後回到案件頁面。", code="not_ready")
    if found.state is DisclosureState.WITHDRAWN:
        raise Invalid("案件已由來文機關撤回，影像不再播放。保全的期限請回到案件頁面查看。", code="withdrawn")
    held_film.check_going_on(tenant_id=tenant_id, hold_id=found.disclosure.hold_id)
    parts = review_view.parts(found.package)
    if not 1 <= part <= len(parts):
        raise NotFound
    return render_template(
        "school/cases/review.html",
        case=found,
        parts=parts,
        part=parts[part - 1],
        article=rules_of(found).article(Clause.ACCOMPANIMENT),
    )
