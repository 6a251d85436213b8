"""Sends what the spool holds: announce, put to the store, confirm, and drop only what the store is known to have.

Each step can be cut off and done again. While store or server are down nothing is lost; the box goes on recording and
sends the oldest first once they are back.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import structlog

from workers.edge.api import Api, Refused, Unavailable
from workers.edge.ledger import Entry, Ledger, State
from workers.edge.sending.rules import AT_ONCE, SendingRules, fitting
from workers.edge.spool import Spool

log = structlog.get_logger(__name__)

BATCH = 20
_RECEIPTS = 200


class Outbox:
    """One pass at a time over the spool of one home."""

    def __init__(self, api: Api, ledger: Ledger, spool: Spool, *, stopped: Callable[[], bool] = lambda: False) -> None:
        self._api, self._ledger, self._spool, self._stopped = api, ledger, spool, stopped
        self._refused_puts = 0

    def send_some(self, rules: SendingRules = AT_ONCE, *, in_bulk: bool = True) -> int:
        """Send up to a batch; how many went. What is asked for goes first, and alone unless `in_bulk`.

        Raises `Unavailable`, `Refused`, or `SpoolMissing`, with which nothing is given up. What was cut off is put
        again from its beginning, since a segment is a few megabytes; what the store has taken is not, and only
        confirmed where that was cut off.
        """
        self._spool.check()
        waiting = self._next(rules, in_bulk=in_bulk)
        lines = {entry: self._line(entry) for entry in waiting}
        ready = [entry for entry in waiting if lines[entry] is not None]
        taken = [entry for entry in ready if self._ledger.is_put(entry.segment_id)]
        if taken:
            self._confirm(taken, [lines[entry] for entry in taken])
        return len(taken) + self._send([entry for entry in ready if entry not in taken], lines)

    def _send(self, ready: Sequence[Entry], lines: Mapping[Entry, Mapping[str, str] | None]) -> int:
        """Announce, put and confirm; how many went."""
        if not ready:
            return 0
        uploaded: list[Entry] = []
        self._refused_puts = 0
        try:
            answers = self._api.post("/uploads", {"items": [lines[entry] for entry in ready]})["items"]
            for entry, answer in zip(ready, answers, strict=True):
                if answer["outcome"] != "upload":
                    self._refuse(entry, answer)
                elif not self._stopped() and self._put(entry, answer):
                    uploaded.append(entry)
        finally:  # what did go up before the store failed is confirmed all the same
            if uploaded:
                self._confirm(uploaded, [lines[entry] for entry in uploaded])
        if self._refused_puts and not uploaded:
            raise Unavailable("store: takes nothing")  # so that the next try waits longer and longer
        return len(uploaded)

    def _next(self, rules: SendingRules, *, in_bulk: bool) -> list[Entry]:
        """The next batch: what is asked for, then the others in their order, no more than goes in a few minutes."""
        found: dict[UUID, Entry] = {}
        for span in rules.requested:
            if len(found) < BATCH:
                found |= {one.segment_id: one for one in self._ledger.waiting_of(span, limit=BATCH)}
        if in_bulk and len(found) < BATCH:
            others = self._ledger.segments(State.SPOOLED, limit=BATCH, newest_first=rules.newest_first)
            found = {**found, **{one.segment_id: one for one in others if one.segment_id not in found}}
        batch = list(found.values())[:BATCH]
        return batch[: fitting((one.size for one in batch), rules.batch_bytes)]

    def _put(self, entry: Entry, answer: Mapping[str, Any]) -> bool:
        """Put one segment; False when it alone cannot go, so that it never stands in the way of the others."""
        try:
            self._api.put(answer["url"], answer["headers"], self._spool.cipher_path(entry))
        except Refused as error:
            intact = self._spool.is_intact(entry)
            log.warning("store refuses a segment", segment_id=str(entry.segment_id), reason=str(error), intact=intact)
            if intact:
                self._refused_puts += 1
                self._ledger.mark([entry.segment_id], State.SPOOLED, again=True)
            else:
                self._ledger.mark([entry.segment_id], State.REFUSED, code="changed_on_disk")
            return False
        except OSError:
            self._spool.check()
            log.exception("segment cannot be read", segment_id=str(entry.segment_id))
            self._ledger.lose(entry)
            return False
        with suppress(OSError):  # a full disk costs another put at most
            self._ledger.note_put(entry.segment_id)
        return True

    def collect_receipts(self) -> int:
        """Ask what became of confirmed segments and drop those that are stored; how many were dropped."""
        self._spool.check()
        asked = self._ledger.segments(State.CONFIRMED, limit=_RECEIPTS)
        if not asked:
            return 0
        items = [{"segment_id": str(one.segment_id), "civil_day": one.civil_day.isoformat()} for one in asked]
        answers = self._api.post("/receipts", {"items": items})["items"]
        dropped = 0
        for entry, answer in zip(asked, answers, strict=True):
            if answer["state"] == "stored":
                self._spool.drop(entry)
                dropped += 1
            elif answer["state"] != "confirmed":  # mismatched, or the index was restored to before it knew
                log.warning("segment is sent again", segment_id=str(entry.segment_id), state=answer["state"])
                self._ledger.mark([entry.segment_id], State.SPOOLED, again=True)
        return dropped

    def drop_leftovers(self) -> None:
        """Finish what a crash cut off between the store's receipt and the removal of a file."""
        for entry in self._ledger.segments(State.STORED, limit=-1):
            self._spool.drop(entry)

    def _confirm(self, entries: list[Entry], lines: list[Mapping[str, str] | None]) -> None:
        answers = self._api.post("/confirmations", {"items": lines})["items"]
        for entry, answer in zip(entries, answers, strict=True):
            if answer["outcome"] in {"confirmed", "already"}:
                self._ledger.mark([entry.segment_id], State.CONFIRMED)
            else:
                self._refuse(entry, answer)

    def _refuse(self, entry: Entry, answer: Mapping[str, Any]) -> None:
        """The server will never take it as it is. It stays on the disk for a person to see, unless its day is over.

        The box holds a copy like any other, so it goes with its day (DR-05).
        """
        log.error("segment is refused", segment_id=str(entry.segment_id), code=answer["code"], detail=answer["detail"])
        if answer["code"] == "day_destroyed":
            self._spool.drop(entry)
            return
        self._ledger.mark([entry.segment_id], State.REFUSED, code=str(answer["code"]))

    def _line(self, entry: Entry) -> Mapping[str, str] | None:
        try:
            return vars(self._spool.line_of(entry))
        except (OSError, ValueError, KeyError):
            self._spool.check()
            log.exception("line cannot be read", segment_id=str(entry.segment_id))
            self._ledger.mark([entry.segment_id], State.REFUSED, code="line_unreadable")
            return None
