"""Addresses across the two processes, which lie beside one another on one origin: each only links to the other."""

from uuid import UUID


def letter(*, tenant_id: UUID, letter_id: UUID) -> str:
    """The scan of an official document, for the institution."""
    return f"/media/schools/{tenant_id}/letters/{letter_id}"


def playlist(*, tenant_id: UUID, package_id: UUID, part: int) -> str:
    """One part of a finished copy, for the institution's own player."""
    return f"/media/schools/{tenant_id}/packages/{package_id}/{part}/index.m3u8"


def collection(*, tenant_id: UUID, package_id: UUID) -> str:
    """Where an officer's receipt is sent; the answer is the copy itself."""
    return f"/media/agency/institutions/{tenant_id}/packages/{package_id}/collect"


def medium(*, tenant_id: UUID, handover_id: UUID) -> str:
    """Where the handler downloads a copy for the medium that it leaves on."""
    return f"/media/schools/{tenant_id}/handovers/{handover_id}/copy"


def agency_case(*, tenant_id: UUID, disclosure_id: UUID) -> str:
    """The officer's page of a case, which is not the media process's own."""
    return f"/agency/institutions/{tenant_id}/requests/{disclosure_id}"
