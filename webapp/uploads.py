"""The scan of a paper in a request, and where it is kept."""

from flask import current_app, request

from infra.objects import ObjectStore
from tenants.disclosures.official import letters
from tenants.disclosures.official.letters import Scan
from tenants.disclosures.papers import scans
from tenants.errors import Invalid, refusals


def scan() -> Scan | None:
    """The file of this request, not read yet; None where none was chosen."""
    file = request.files.get(scans.FIELD)
    return Scan(file_name=file.filename, stream=file.stream) if file is not None and file.filename else None


def faults() -> list[Invalid]:
    """Why the file of this request is no scan that may be kept, for a form that tells all at once; nothing of none."""
    found = scan()
    if found is None:
        return []
    try:
        return refusals(lambda: letters.read(found))
    finally:
        found.stream.seek(0)


def store() -> ObjectStore:
    """The object store, with the right to put papers."""
    held: ObjectStore = current_app.extensions["store"]
    return held
