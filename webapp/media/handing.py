"""Collection of a package by the officer it was granted to: once, with a receipt, in constant memory.

A form sends the token, so that no preview of a link and no reload can use it up. The package is decrypted and checked
first, so a store that is down costs the officer nothing. Then receipt, register and audit are written, and only after
their commit does the first byte leave, encrypted to the agency's key or under a passphrase that is told by another way:
nothing plain leaves. How many bytes did leave is noted when the line is closed, so that a download that broke is known
as such when the officer asks for another (`tenants.disclosures.official.reopening`).
"""

import tempfile
from contextlib import ExitStack
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from infra.tenancy import Binding
from tenants.disclosures.official.actions import Receipt, collect, record_sent
from tenants.disclosures.official.case_lines import reference_of
from tenants.disclosures.official.handover import check_link, check_receipt, package_for
from tenants.disclosures.official.leaving import prepare
from tenants.disclosures.packages import queries as packages
from tenants.disclosures.packages.opening import open_package
from tenants.permissions import Permission
from webapp import addresses
from webapp.access import Place, requires
from webapp.file_names import disposition
from webapp.forms import written
from webapp.identify import actor
from webapp.media.holdings import kms, scratch, store
from webapp.media.sending import Sending, discard

handing = Blueprint(
    "media_handing", __name__, url_prefix="/media/agency/institutions/<uuid:tenant_id>/packages/<uuid:package_id>"
)
handing.teardown_request(discard)


@handing.get("/collect")
@requires(Permission.DISCLOSURE_COLLECT, place=Place.AGENCY)
def back(tenant_id: UUID, package_id: UUID) -> ResponseReturnValue:
    """The case's page, for who reloads or types the address: it says whether the copy was fetched."""
    package = package_for(actor=actor(), tenant_id=tenant_id, package_id=package_id)
    return redirect(
        addresses.agency_case(tenant_id=tenant_id, disclosure_id=package.disclosure_id), HTTPStatus.SEE_OTHER
    )


@handing.post("/collect")
@requires(Permission.DISCLOSURE_COLLECT, place=Place.AGENCY)
def take(tenant_id: UUID, package_id: UUID) -> Response:
    """The package itself. A second time, another officer and another agency are refused before anything is read."""
    token = request.form.get("token", "")
    receipt = Receipt(
        name=written("name"),
        title=written("title"),
        acknowledged=bool(request.form.get("acknowledged")),
    )
    package = check_link(actor=actor(), tenant_id=tenant_id, package_id=package_id, token=token)
    check_receipt(receipt)
    with ExitStack() as unless_sent:
        file = unless_sent.enter_context(tempfile.TemporaryFile(dir=scratch()))
        open_package(package=package, into=file, kms=kms(), store=store())
        leaving = prepare(package=package, kms=kms())
        collect(
            actor=actor(), tenant_id=tenant_id, package_id=package_id, token=token, receipt=receipt, leaving=leaving
        )
        reference = reference_of(packages.disclosure_of(package))
        unless_sent.pop_all()
    officer = actor()
    ids = {"tenant_id": tenant_id, "package_id": package_id}
    sending = Sending(
        leaving.envelope.of(file),
        binding=Binding(tenant_id=tenant_id, agency_id=officer.agency_id),
        note=lambda sent: record_sent(actor=officer, **ids, sent=sent.count),
        file=file,
    )
    answer = Response(sending, HTTPStatus.OK, mimetype="application/octet-stream", direct_passthrough=True)
    answer.headers["Content-Length"] = str(leaving.size)
    answer.headers["Content-Disposition"] = disposition(reference, "zip.age")
    return answer
