"""A copy for the medium that it leaves on: the handler's download, counted and recorded before its first byte.

The same package that an officer fetches, sealed as it would leave on line, for one medium that was named before it
(`tenants.disclosures.official.in_person`).
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from typing import IO
from uuid import UUID

from flask import Blueprint, Response

from tenants.disclosures.official.actions import take_out
from tenants.disclosures.official.case_lines import reference_of
from tenants.disclosures.official.in_person import check_taking
from tenants.disclosures.official.leaving import prepare
from tenants.disclosures.packages import queries as packages
from tenants.disclosures.packages.opening import open_package
from tenants.errors import NotFound
from tenants.permissions import Permission
from webapp.access import requires
from webapp.file_names import disposition
from webapp.identify import actor
from webapp.media.holdings import kms, scratch, store

taking = Blueprint("media_taking", __name__, url_prefix="/media/schools/<uuid:tenant_id>/cases/<uuid:disclosure_id>")


@taking.post("/handovers/<uuid:handover_id>/copy")
@requires(Permission.FOOTAGE_WATCH)
def take(tenant_id: UUID, disclosure_id: UUID, handover_id: UUID) -> Response:
    """The package itself. What may not leave is refused before anything is opened."""
    package = check_taking(actor=actor(), tenant_id=tenant_id, handover_id=handover_id)
    if package.disclosure_id != disclosure_id:
        raise NotFound
    with ExitStack() as unless_sent:
        file = unless_sent.enter_context(tempfile.TemporaryFile(dir=scratch()))
        open_package(package=package, into=file, kms=kms(), store=store())
        leaving = prepare(package=package, kms=kms())
        sha256 = _digest(leaving.envelope.of(file))
        take_out(actor=actor(), tenant_id=tenant_id, handover_id=handover_id, leaving=leaving, sha256=sha256)
        reference = reference_of(packages.disclosure_of(package))
        file.seek(0)
        unless_sent.pop_all()
    sealed = _Leaving(file, leaving.envelope.of(file))
    answer = Response(sealed, HTTPStatus.OK, mimetype="application/octet-stream", direct_passthrough=True)
    answer.headers["Content-Length"] = str(leaving.size)
    answer.headers["Content-Disposition"] = disposition(reference, "zip.age")
    return answer


def _digest(chunks: Iterator[bytes]) -> str:
    """SHA-256 of the file as it will leave: the same envelope makes the same bytes of it twice."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


class _Leaving:
    """The file on its way. What it is made of is let go at its end, or as the browser goes away (PEP 3333)."""

    def __init__(self, file: IO[bytes], chunks: Iterator[bytes]) -> None:
        self.file, self.chunks = file, chunks

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, in constant memory."""
        with self.file:
            yield from self.chunks

    def close(self) -> None:
        """Called by the server in any case."""
        self.file.close()
