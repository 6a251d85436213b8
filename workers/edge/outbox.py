"""Sends what the spool holds: announce, put to the store, confirm, and drop only what the store is known to have.

Each step can be cut off and done again. While store or server are down nothing is lost; the box goes on recording and
sends the oldest first once they are back. One segment that cannot be read, sent or taken never stands in the way of
the others, and is told of (`workers.edge.sending.refused`).
"""

import errno
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import structlog

from infra.manifest import BadManifest
from infra.refusals import CHANGED_ON_DISK, DESTROYED, FILE_UNREADABLE, LINE_UNREADABLE
from workers.edge.api import Api, Refused, Unavailable
from workers.edge.ledger import Entry, Ledger, State
from workers.edge.sending.blame import Blame
from workers.edge.sending.refused import Refusals
from workers.edge.sending.rules import AT_ONCE, BATCH_SECONDS, SendingRules, fitting
from workers.edge.spool import Spool
from workers.edge.waiting import Clock

log = structlog.get_logger(__name__)

BATCH = 20
_RECEIPTS = 200
# Of what was refused and is due again, so that as much as a week of it leaves room for what is new.
_AGAIN = 5
# What the machine lacks for a moment says nothing of a file.
_OF_THE_MACHINE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EINTR})


class Outbox:
    """One pass at a time over the spool of one home."""

    def __init__(
        self,
        api: Api,
        ledger: Ledger,
        spool: Spool,
        *,
        stopped: Callable[[], bool] = lambda: False,
        clock: Clock | None = None,
        refusals: Refusals | None = None,
    ) -> None:
        self._api, self._ledger, self._spool, self._stopped = api, ledger, spool, stopped
        self._clock, self._refusals = clock or Clock(), refusals or Refusals(ledger)
        self._blame, self._refused_puts = Blame(), 0

    def send_some(self, rules: SendingRules = AT_ONCE, *, in_bulk: bool = True) -> int:
        """Send up to a batch; how many went. What is asked for goes first, and alone unless `in_bulk`.

        Raises `Unavailable`, `Refused`, or `OSError` (`SpoolMissing` is one), with which nothing is given up. What was
        cut off is put again from its beginning, since a segment is a few megabytes; what the store has taken is not,
        and only confirmed where that was cut off.
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
        """Announce, put and confirm; how many went. On a slow line the rest is announced anew, before its links end."""
        if not ready:
            return 0
        uploaded: list[Entry] = []
        self._refused_puts = 0
        until = self._clock.now() + BATCH_SECONDS
        try:
            answers = self._api.post("/uploads", {"items": [lines[entry] for entry in ready]})["items"]
            uploaded.extend(self._put_each(deque(zip(ready, answers, strict=True)), until=until))
        finally:  # what did go up before the store failed is confirmed all the same
            if uploaded:
                self._confirm(uploaded, [lines[entry] for entry in uploaded])
        if self._refused_puts and not uploaded:
            raise Unavailable("store: takes nothing")  # so that the next try waits longer and longer
        return len(uploaded)

    def _put_each(self, queue: deque[tuple[Entry, Mapping[str, Any]]], *, until: float) -> Iterator[Entry]:
        """Put one after another; each that went. Raises `Unavailable` unless the store fails at one of them alone."""
        failed: Unavailable | None = None
        while queue and not self._stopped() and self._clock.now() < until:
            entry, answer = queue.popleft()
            if answer["outcome"] != "upload":
                self._refuse(entry, answer)
                continue
            try:
                went = self._put(entry, answer)
            except Unavailable as error:
                if failed is not None or self._stopped() or not self._blame.failed_again(entry.segment_id):
                    raise
                failed = error
                if queue:
                    other = queue[self._blame.turn % len(queue)]
                    queue.remove(other)
                    queue.appendleft(other)
                continue
            if went:
                failed = None
                yield entry
        if failed is not None:
            raise failed

    def _next(self, rules: SendingRules, *, in_bulk: bool) -> list[Entry]:
        """The next batch: what is asked for, then what is due again, then the others in their order.

        It is no more than goes in a few minutes.
        """
        found: dict[UUID, Entry] = {}
        for span in rules.requested:
            if len(found) < BATCH:
                found |= {one.segment_id: one for one in self._ledger.waiting_of(span, limit=BATCH)}
        if in_bulk and len(found) < BATCH:
            due = self._refusals.due_segments(limit=_AGAIN)
            others = self._ledger.segments(State.SPOOLED, limit=BATCH, newest_first=rules.newest_first)
            found = {**found, **{one.segment_id: one for one in (*due, *others) if one.segment_id not in found}}
        batch = list(found.values())[:BATCH]
        return batch[: fitting((one.size for one in batch), rules.batch_bytes)]

    def _put(self, entry: Entry, answer: Mapping[str, Any]) -> bool:
        """Put one segment; False when it alone cannot go, so that it never stands in the way of the others."""
        path = self._spool.cipher_path(entry)
        try:
            self._api.put(answer["url"], answer["headers"], path, stopped=self._stopped)
        except Refused as error:
            self._refused_by_store(entry, error)
            return False
        except OSError as error:
            self._put_aside(entry, error, FILE_UNREADABLE)
            return False
        blamed = self._blame.went()
        if blamed is not None:
            log.warning("store fails at a segment alone", segment_id=str(blamed))
            self._ledger.mark([blamed], State.SPOOLED, again=True)
        with suppress(OSError):  # a full disk costs another put at most
            self._ledger.note_put(entry.segment_id)
        return True

    def _refused_by_store(self, entry: Entry, refusal: Refused) -> None:
        try:
            intact = self._spool.is_intact(entry)
        except OSError as error:
            self._put_aside(entry, error, FILE_UNREADABLE)
            return
        except (ValueError, BadManifest):
            intact = False
        log.warning("store refuses a segment", segment_id=str(entry.segment_id), reason=str(refusal), intact=intact)
        if intact:
            self._refused_puts += 1
            self._ledger.mark([entry.segment_id], State.SPOOLED, again=True)
        else:
            self._refusals.refuse(entry, CHANGED_ON_DISK)

    def _put_aside(self, entry: Entry, error: OSError, code: str) -> None:
        """A file did not open or could not be read to its end: a gap where it is gone, and else tried again later.

        Raises the error where it says nothing of the file, and `SpoolMissing`.
        """
        log.error("segment cannot be read", segment_id=str(entry.segment_id), reason=str(error), code=code)
        if error.errno in _OF_THE_MACHINE:
            raise error
        if self._spool.is_gone(entry):
            self._ledger.lose(entry)
        else:
            self._refusals.refuse(entry, code)

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
        """The server does not take it as it is now. It stays on the disk and is told of, unless its day is over.

        The box holds a copy like any other, so it goes with its day (DR-05).
        """
        log.error("segment is refused", segment_id=str(entry.segment_id), code=answer["code"], detail=answer["detail"])
        if answer["code"] == DESTROYED:
            self._spool.drop(entry)
            return
        self._refusals.refuse(entry, str(answer["code"]))

    def _line(self, entry: Entry) -> Mapping[str, str] | None:
        try:
            return vars(self._spool.line_of(entry))
        except OSError as error:
            self._put_aside(entry, error, LINE_UNREADABLE)
        except ValueError:
            log.exception("line cannot be read", segment_id=str(entry.segment_id))
            self._refusals.refuse(entry, LINE_UNREADABLE)
        return None
