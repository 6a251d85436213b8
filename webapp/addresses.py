"""Addresses across the two processes, which lie beside one another on one origin: each only links to the other."""

from collections.abc import Callable, Mapping
from uuid import UUID


def letter(*, tenant_id: UUID, letter_id: UUID) -> str:
    """The scan of an official document, for the institution."""
    return f"/media/schools/{tenant_id}/letters/{letter_id}"


def paper(*, tenant_id: UUID, scan_id: UUID) -> str:
    """The scan of a paper that was entered later, for those who may print the form."""
    return f"/media/schools/{tenant_id}/papers/{scan_id}"


def form_for_the_file(*, tenant_id: UUID, disclosure_id: UUID) -> str:
    """Where the print of an application with the whole identity number is asked for."""
    return f"/media/schools/{tenant_id}/applications/{disclosure_id}/form"


def application(*, tenant_id: UUID, disclosure_id: UUID) -> str:
    """The institution's page of an application, which is not the media process's own."""
    return f"/schools/{tenant_id}/applications/{disclosure_id}"


def playlist(*, tenant_id: UUID, package_id: UUID, part: int) -> str:
    """One part of a finished copy, for the institution's own player."""
    return f"/media/schools/{tenant_id}/packages/{package_id}/{part}/index.m3u8"


def retained_playlist(*, tenant_id: UUID, copy_id: UUID, part: int) -> str:
    """One part of a copy for reference, for the institution's own player."""
    return f"/media/schools/{tenant_id}/retained/{copy_id}/{part}/index.m3u8"


def retained_check(*, tenant_id: UUID, copy_id: UUID) -> str:
    """Where the wish to verify a copy for reference is sent; the answer leads back to its page."""
    return f"/media/schools/{tenant_id}/retained/{copy_id}/check"


def retained_page(*, tenant_id: UUID, copy_id: UUID) -> str:
    """The institution's page of a copy for reference, which is not the media process's own."""
    return f"/schools/{tenant_id}/retention/retained/{copy_id}"


def viewing_playlist(*, tenant_id: UUID, viewing_id: UUID, window_id: UUID, take: int) -> str:
    """One take of an approved window, for the player of its viewing session."""
    return f"{viewing_pictures(tenant_id=tenant_id, viewing_id=viewing_id)}/{window_id}/{take}/index.m3u8"


def viewing_pictures(*, tenant_id: UUID, viewing_id: UUID) -> str:
    """Under which all pictures of a viewing session lie, and nothing else."""
    return f"/media/schools/{tenant_id}/viewings/{viewing_id}"


def viewing_page(*, tenant_id: UUID, viewing_id: UUID, **_of: UUID | int) -> str:
    """The institution's page of a viewing session, whose player asks for keys."""
    return f"/schools/{tenant_id}/viewings/{viewing_id}"


def collection(*, tenant_id: UUID, package_id: UUID) -> str:
    """Where an officer's receipt is sent; the answer is the copy itself."""
    return f"/media/agency/institutions/{tenant_id}/packages/{package_id}/collect"


def passphrase(*, tenant_id: UUID, disclosure_id: UUID) -> str:
    """Where the institution sees the passphrase of a copy that left, once."""
    return f"/media/schools/{tenant_id}/cases/{disclosure_id}/passphrase"


def school_case(*, tenant_id: UUID, disclosure_id: UUID) -> str:
    """The institution's page of a case, which is not the media process's own."""
    return f"/schools/{tenant_id}/cases/{disclosure_id}"


def medium(*, tenant_id: UUID, disclosure_id: UUID, handover_id: UUID) -> str:
    """Where the handler downloads a copy for the medium that it leaves on."""
    return f"/media/schools/{tenant_id}/cases/{disclosure_id}/handovers/{handover_id}/copy"


def handovers_page(*, tenant_id: UUID, disclosure_id: UUID, **_of: UUID) -> str:
    """The institution's page of what a case hands over in person."""
    return f"/schools/{tenant_id}/cases/{disclosure_id}/handovers"


def agency_case(*, tenant_id: UUID, disclosure_id: UUID) -> str:
    """The officer's page of a case, which is not the media process's own."""
    return f"/agency/institutions/{tenant_id}/requests/{disclosure_id}"


def rights_playlist(*, tenant_id: UUID, rights_id: UUID, take: int) -> str:
    """One take of a granted request's film, for the page that hides others in it."""
    return f"/media/schools/{tenant_id}/rights/{rights_id}/{take}/index.m3u8"


def masked_copy(*, tenant_id: UUID, rights_id: UUID, copy_id: UUID) -> str:
    """Where the handler downloads a masked copy for the medium that was named."""
    return f"/media/schools/{tenant_id}/rights/{rights_id}/copies/{copy_id}/file"


def masking_page(*, tenant_id: UUID, rights_id: UUID, **_of: UUID) -> str:
    """The institution's page on which the film of a request is masked and copied."""
    return f"/schools/{tenant_id}/rights/{rights_id}/masking/"


# On which page the form of the web process stands that is sent to a route of the media process.
PAGES: Mapping[str, Callable[..., str]] = {
    "media_papers.form": application,
    "media_passphrases.show": school_case,
    "media_retained.check": retained_page,
    "media_rights.take_copy": masking_page,
    "media_taking.take": handovers_page,
    "media_viewings.enter": viewing_page,
}
