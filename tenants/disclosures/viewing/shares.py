"""The two shares of a session: one in the viewer's browser, one that is there while its companion is (KH-7-1, DR-14).

Between them lie the keys of what the session opened, and of nothing else. The row says whether the picture may be
shown; this says whether it can be, and ends by itself, whatever a row says (infra/decisions/0071).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from infra import age
from infra.kms import CannotUnwrap, Kms, KmsUnavailable
from infra.objects import ObjectStore
from infra.queues import QueueDown
from infra.two_shares import NobodyPresent, NotInside, Vault, WrongShare
from tenants.actor import Actor
from tenants.disclosures.held_clips import file_keys
from tenants.disclosures.viewing import presence
from tenants.disclosures.viewing.models import ViewingSession
from tenants.errors import NotAllowed, Unavailable
from tenants.retention.models import PreservedSegment

_NOT_OPENED = "這段影像沒有在本場開啟。請回到調閱操作台重新開啟播放；仍無法播放時，請洽平台維運人員。"


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The keys of one session, for who brings the browser's share of it.

    Everything raises `NotAllowed` for another share, `Stopped` where nobody is present, and `Unavailable`.
    """

    viewing: ViewingSession
    share: str = field(repr=False)
    actor: Actor
    kms: Kms

    def check(self) -> None:
        """Raise as said unless both shares are there. With the first asking the companion's is drawn."""
        with self._told() as vault:
            vault.check()

    def open(self, copies: Sequence[PreservedSegment], *, store: ObjectStore) -> None:
        """Let the master key open the keys of these copies, each once, and put them between the shares."""
        with self._told() as vault:
            lacking = set(vault.lacking([str(copy.segment_id) for copy in copies]))
        found = file_keys([copy for copy in copies if str(copy.segment_id) in lacking], store=store, kms=self.kms)
        with self._told() as vault:
            vault.put({str(segment_id): key.secret for segment_id, key in found.items()})

    def of(self, segment_id: UUID) -> age.FileKey:
        """The key of one copy, by no other way. Raises `NotAllowed` also for one that was not opened in the session."""
        with self._told() as vault:
            return age.FileKey(vault.get(str(segment_id)))

    @contextmanager
    def _told(self) -> Iterator[Vault]:
        """The vault; what it refuses is told as the domain does, and that nobody is present stops the session."""
        ids = {"tenant_id": self.viewing.tenant_id, "viewing_id": self.viewing.id}
        try:
            yield Vault(name=presence.vault_of(self.viewing), share=self.share, kms=self.kms)
        except NobodyPresent:
            presence.fall_silent(actor=self.actor, **ids)
        except (WrongShare, CannotUnwrap) as error:
            raise NotAllowed(presence.ELSEWHERE) from error
        except NotInside as error:
            raise NotAllowed(_NOT_OPENED) from error
        except (QueueDown, KmsUnavailable) as error:
            raise Unavailable from error
