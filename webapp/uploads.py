"""The scan of a paper in a request, and where it is kept."""

from flask import current_app, request

from infra.objects import ObjectStore
from tenants.disclosures.official.letters import Scan
from tenants.disclosures.papers import scans


def scan() -> Scan | None:
    """The file of this request, not read yet; None where none was chosen."""
    file = request.files.get(scans.FIELD)
    return Scan(file_name=file.filename, stream=file.stream) if file is not None and file.filename else None


def store() -> ObjectStore:
    """The object store, with the right to put papers."""
    held: ObjectStore = current_app.extensions["store"]
    return held
