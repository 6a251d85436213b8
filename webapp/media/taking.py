"""A copy for the medium that it leaves on: the handler's download, counted and recorded before its first byte.

The same package that an officer fetches, for one medium that was named before it
(`tenants.disclosures.official.in_person`).
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from typing import IO
from uuid import UUID

from flask import Blueprint, Response

from infra.archives import CHUNK_BYTES
from tenants.disclosures.official.actions import take_out
from tenants.disclosures.official.in_person import check_taking
from tenants.permissions import Permission
from webapp.access import requires
from webapp.identify import actor
from webapp.media.handing import decrypt_into
from webapp.media.holdings import scratch

taking = Blueprint("media_taking", __name__, url_prefix="/media/schools/<uuid:tenant_id>/handovers/<uuid:handover_id>")


@taking.post("/copy")
@requires(Permission.FOOTAGE_WATCH)
def take(tenant_id: UUID, handover_id: UUID) -> Response:
    """The package itself. What may not leave is refused before anything is opened."""
    package = check_taking(actor=actor(), tenant_id=tenant_id, handover_id=handover_id)
    with ExitStack() as unless_sent:
        file = unless_sent.enter_context(tempfile.TemporaryFile(dir=scratch()))
        decrypt_into(package, file)
        take_out(actor=actor(), tenant_id=tenant_id, handover_id=handover_id)
        unless_sent.pop_all()
    answer = Response(_Leaving(file), HTTPStatus.OK, mimetype="application/zip", direct_passthrough=True)
    answer.headers["Content-Length"] = str(package.size)
    answer.headers.set("Content-Disposition", "attachment", filename="package.zip")
    return answer


class _Leaving:
    """The plain bytes on their way, let go of at their end and when the browser goes away before it (PEP 3333)."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, in constant memory."""
        with self.file:
            while chunk := self.file.read(CHUNK_BYTES):
                yield chunk

    def close(self) -> None:
        """Called by the server in any case."""
        self.file.close()
