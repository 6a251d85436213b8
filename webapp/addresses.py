"""Addresses of the `media` process, which lies beside the pages on one origin. The pages only link to it."""

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
