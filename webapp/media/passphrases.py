"""The passphrase of a copy that left, once, for whoever at the institution tells it by telephone (KH-6-5b).

Its page is this process's own, because only here it can be opened. The agency's pages and mails never have it.
"""

from uuid import UUID

from flask import Blueprint, render_template

from tenants.disclosures.official import queries as official
from tenants.disclosures.official.actions import show_passphrase
from tenants.permissions import Permission
from tenants.profiles import Clause
from webapp import addresses
from webapp.access import requires
from webapp.case_progress import rules_of
from webapp.identify import actor
from webapp.media.holdings import kms

passphrases = Blueprint("media_passphrases", __name__, url_prefix="/media/schools/<uuid:tenant_id>/cases")


@passphrases.post("/<uuid:disclosure_id>/passphrase")
@requires(Permission.DISCLOSURE_REPLY)
def show(tenant_id: UUID, disclosure_id: UUID) -> str:
    """The passphrase. A second time there is none."""
    found = official.case_to_hand_over(tenant_id=tenant_id, disclosure_id=disclosure_id)  # before any key is looked for
    passphrase = show_passphrase(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, kms=kms())
    return render_template(
        "school/cases/passphrase.html",
        case=found,
        passphrase=passphrase,
        article=rules_of(found).article(Clause.CONFIDENTIALITY),
        back=addresses.school_case(tenant_id=tenant_id, disclosure_id=disclosure_id),
    )
