"""Sends the signed word about each gap until the server has answered it. A server of before signed gaps gets none."""

from collections.abc import Sequence

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.causes import BEFORE_SIGNED_GAPS
from infra.gap_lines import GapLine, sign_gap
from workers.edge.api import Api
from workers.edge.configuration import Config
from workers.edge.gaps.keeping import Missing
from workers.edge.home import Identity
from workers.edge.ledger import Ledger
from workers.edge.sending.refused import Refusals
from workers.edge.status import SIGNED_GAPS

log = structlog.get_logger(__name__)

_AT_ONCE = 200
_REPORTED = frozenset({"confirmed", "already"})


class GapReports:
    """The gaps of one box."""

    def __init__(self, api: Api, ledger: Ledger, identity: Identity, key: Ed25519PrivateKey) -> None:
        self._api, self._ledger, self._identity, self._key = api, ledger, identity, key
        self._refusals = Refusals(ledger)

    def send(self, config: Config) -> int:
        """Report what ended since the last time, and what was refused and is due again; how many.

        Raises `Unavailable` or `Refused`, and then all go again. A gap that is refused stays in the index with the
        server's reason, which is told.
        """
        if SIGNED_GAPS not in config.accepts:
            return 0
        gaps = [*self._ledger.unreported_gaps(limit=_AT_ONCE), *self._refusals.due_gaps(limit=_AT_ONCE)]
        if not gaps:
            return 0
        lines = [vars(sign_gap(self._line(gap), self._key)) for gap in gaps]
        answers = self._api.post("/gaps", {"items": lines})["items"]
        for gap, answer in zip(gaps, answers, strict=True):
            if answer["outcome"] in _REPORTED:
                self._ledger.mark_reported([gap])
                continue
            log.error("gap is refused", gap_id=gap.gap_id, code=answer["code"], detail=answer["detail"])
            self._refusals.refuse_gap(gap, str(answer["code"]))
        return len(gaps)

    def _line(self, gap: Missing) -> GapLine:
        return GapLine(
            tenant_id=self._identity.tenant_id,
            site_id=self._identity.site_id,
            device_id=self._identity.device_id,
            camera_id=gap.camera_id,
            started_us=gap.started_us,
            ended_us=gap.ended_us,
            cause=gap.cause,
            evidence=gap.evidence,
        )


def unsigned(gaps: Sequence[Missing]) -> list[dict[str, object]]:
    """The same gaps as a server of before signed gaps takes them, in its words."""
    return [
        {
            "camera_id": str(gap.camera_id),
            "started_us": gap.started_us,
            "ended_us": gap.ended_us,
            "cause": BEFORE_SIGNED_GAPS.get(gap.cause, gap.cause),
        }
        for gap in gaps
    ]
