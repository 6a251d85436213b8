"""Who acts, as what, for whom. Every action takes one; there is no acting without it."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from tenants.errors import NotAllowed
from tenants.permissions import GRANTS, Permission, Role


class ActorKind(StrEnum):
    """A person who signed in, two who proved an address by a code, an enrolled edge device, or the service itself."""

    PERSON = "person"
    APPLICANT = "applicant"
    PANEL_MEMBER = "panel_member"
    DEVICE = "device"
    SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Immutable: what the actor was when the request or job began.

    `roles` are those held where the actor is acting: in the institution of the URL, at the bureau, or in the agency.
    """

    kind: ActorKind
    id: UUID | None = None
    name: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)
    agency_id: UUID | None = None
    address: str = ""
    client: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the table of grants gives one of the actor's roles this permission."""
        return self.kind is ActorKind.SYSTEM or bool(self.roles & GRANTS[permission])

    def require(self, permission: Permission) -> None:
        """Raise `NotAllowed` unless `may`."""
        if not self.may(permission):
            raise NotAllowed(f"您的帳號沒有「{permission.meaning}」的權限。如有需要，請洽機構首長指派。")


def system(name: str) -> Actor:
    """The service itself doing `name`, such as a periodic job."""
    return Actor(kind=ActorKind.SYSTEM, name=name)
