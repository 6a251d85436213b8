"""Who acts, as what, for whom. Every action takes one; there is no acting without it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from tenants.errors import NotAllowed, NotFound
from tenants.permissions import ACTING_MAY, GRANTS, Acting, Permission, Role


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
    `acting` are the offices in which the actor stands in for another today, and how (DR-26). `lent` is what an
    emergency access lets somebody of the bureau read who has no role here; `under` is its number, which marks all that
    they do.
    """

    kind: ActorKind
    id: UUID | None = None
    name: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)
    acting: Mapping[Role, Acting] = field(default_factory=dict, hash=False)
    agency_id: UUID | None = None
    lent: frozenset[Permission] = field(default_factory=frozenset)
    under: str = ""
    address: str = ""
    client: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the table of grants gives this permission to one of the actor's roles, or of those acted in."""
        acted = {role for role, how in self.acting.items() if permission in ACTING_MAY[how]}
        held = permission in self.lent or bool((self.roles | acted) & GRANTS[permission])
        return held or self.kind is ActorKind.SYSTEM

    def stands_in(self, role: Role) -> str:
        """What is printed beside the name of whoever acts in this office: 代 or 代為決行; nothing for its holder."""
        return "" if role in self.roles or role not in self.acting else self.acting[role].value

    def fills(self, role: Role) -> bool:
        """Whether this is the actor's own office, or one in which they act."""
        return role in self.roles or role in self.acting

    def require(self, permission: Permission) -> None:
        """Raise `NotAllowed` unless `may`."""
        if not self.may(permission):
            raise NotAllowed(f"您的帳號沒有「{permission.meaning}」的權限。如有需要，請洽機構首長指派。")


def system(name: str) -> Actor:
    """The service itself doing `name`, such as a periodic job."""
    return Actor(kind=ActorKind.SYSTEM, name=name)


def person(actor: Actor) -> UUID:
    """The id of the person who acts. A step of a case is never taken by a device or a job: to them it is `NotFound`."""
    if actor.kind is not ActorKind.PERSON or actor.id is None:
        raise NotFound
    return actor.id
