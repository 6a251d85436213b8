"""One camera's footage of times that nobody knew: kept without a day, dated once the time is known, and signed then.

The order is fixed. First the index is told all of a boot at once, shifted by one amount (`Journal.tell`). Then each
file is sealed anew for its day alone, by the file's key that this process still has in memory; gets its line, which
says that it was dated afterwards; and may be sent. Where the process that recorded it is gone, and with it the key, the
file stays sealed as it is, for each of the days that were possible, and its line says so.

A file is never for keys of both kinds (`MixedRecipients`): while a city changes to post-quantum keys, it is for those
days whose keys are of the kind of the likeliest one, which is the first after what was recorded last. A day of the
other kind gets a file of its own while the key is in memory; after that, the second header that was kept for this
(`other_kind`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

import structlog

from infra.age_envelopes import Envelope
from infra.age_keys import kind_of, name_of
from infra.age_opening import CannotDecrypt
from infra.causes import GapCause
from infra.clock import civil_day
from infra.gap_lines import Evidence
from infra.manifest import Note, Trust, instant, redated_note
from infra.recorded import Recorded
from workers.edge.clocks.readings import Readings, Worth, moment
from workers.edge.configuration import DayRules
from workers.edge.home import Home
from workers.edge.ledger import Entry, Ledger, State
from workers.edge.open_segments import Kept, OpenSegment
from workers.edge.spool import NoDayKey, Spool
from workers.edge.undated import files, other_kind
from workers.edge.undated.believed import Believed
from workers.edge.undated.boots import Boots, Shift
from workers.edge.undated.journal import Journal
from workers.edge.undated.other_kind import OtherKind

log = structlog.get_logger(__name__)

_NANOSECONDS_PER_MICROSECOND = 1000
# Of what was recorded by a clock that nobody confirmed, how many keep their file's key in memory: of an hour.
_MOST_ENVELOPES = 60


@dataclass(frozen=True)
class _Day:
    """The day of a dated segment, how its footage is kept, and how it gets the header that it leaves with.

    With the file's key in memory, by the envelope, for that day alone. Without it as it lies, or under `other`, for
    several of the days that were possible.
    """

    day: date
    rules: DayRules
    envelope: Envelope | None
    other: OtherKind | None = None


class Dating:
    """One camera of one home, as its own process sees it."""

    def __init__(self, home: Home, camera_id: UUID, ledger: Ledger, spool: Spool, boots: Boots) -> None:
        self._folder, self._id = home.spool / str(camera_id), camera_id
        self._ledger, self._spool, self._boots = ledger, spool, boots
        self._readings, self._journal = Readings(ledger), Journal(ledger, camera_id)
        self.believed = Believed(ledger, self._readings, camera_id, boot=boots.boot)
        self._envelopes: dict[UUID, Envelope] = {}

    def begin(self, days: Mapping[date, DayRules]) -> OpenSegment:
        """Where a segment goes whose day nobody knows. Raises `NoDayKey`, or `OSError` as `Spool.begin`."""
        if not days:
            raise NoDayKey("unknown")
        known = civil_day(instant(self._sure_us()))
        return self._begun(days, known=known, likeliest=min((day for day in days if day >= known), default=max(days)))

    def begin_at(self, started_us: int, days: Mapping[date, DayRules]) -> OpenSegment:
        """Where a segment goes that starts then, whether or not anybody confirmed the clock. Raises as `begin`."""
        self.believed.settle_due()
        if self.believed.claims() is None:
            return self._spool.begin(self._id, started_us, days)
        day = civil_day(instant(started_us))
        if day not in days:
            raise NoDayKey(day.isoformat())
        possible = {
            one: rules for one, rules in days.items() if one >= civil_day(instant(self._sure_us())) or one == day
        }
        while len(self._envelopes) >= _MOST_ENVELOPES:
            self._envelopes.pop(next(iter(self._envelopes)))
        return self._begun(possible, known=min(possible), likeliest=day, believed=day)

    def _begun(
        self, days: Mapping[date, DayRules], *, known: date, likeliest: date, believed: date | None = None
    ) -> OpenSegment:
        body = self._spool.new_body(self._id)
        own, others = _by_kind(days, known=known, likeliest=likeliest)
        made = OpenSegment(body, own, enter=partial(self._enter, body), believed=believed)
        if others:
            try:
                other_kind.keep(body, made.envelope, others)
            except OSError:
                made.leave()
                raise
        self._envelopes[UUID(body.stem)] = made.envelope
        return made

    def _sure_us(self) -> int:
        claims = self.believed.claims()
        return claims.sure_us if claims is not None else self._ledger.told_until_us(self._id)

    def fail(self, cause: GapCause, evidence: Evidence, *, unless_known: bool = False) -> None:
        """Recording does not go on, at a time that nobody knows."""
        here_us = moment() // _NANOSECONDS_PER_MICROSECOND
        self._journal.fail(cause, self._boots.boot, at_us=here_us, evidence=evidence, unless_known=unless_known)

    def woke(self) -> None:
        """The camera's process begins, in a boot whose time nobody knows, and perhaps not for the first time."""
        if self._boots.is_lost() and self._journal.recorded_until_us(self._boots.boot) is not None:
            self.fail(GapCause.PROCESS_RESTARTED, {}, unless_known=True)

    def recover(self) -> int:
        """Make index and files agree after `Spool.recover`; how many were found again."""
        held = {UUID(path.stem): path for path in self._folder.glob(f"*{files.HELD}")}
        signed = {path.stem for path in self._folder.glob(f"*{files.CIPHER}")}
        known = self._journal.entries()
        for entry, boot in known:
            if str(entry.segment_id) in signed:
                size = self._spool.cipher_path(entry).stat().st_size
                self._journal.settle(replace(entry, size=size))
            elif entry.segment_id not in held:
                self._lose(entry, boot)
        lacking = held.keys() - {entry.segment_id for entry, _boot in known}
        again = [(files.kept_of(held[segment_id]), held[segment_id]) for segment_id in lacking]
        for kept, path in sorted(again, key=lambda each: each[0].recorded.started_us):
            self._note(path, kept, found_again=True)
        return len(lacking)

    def tell(self, *, begun_us: int | None = None) -> int | None:
        """Tell the index what is known of each boot by now; the shift of this one, None while nobody knows it."""
        # A claim that is still to be found again after a crash would come too late to be moved.
        if self.believed.claims() is not None and self._spool.cut_off_us(self._id) is None:
            self.believed.settle()
        for boot in self._journal.boots():
            shift = self._boots.shift(boot)
            if shift is not None and not shift.is_by_hand:
                self._journal.tell(boot, shift.us, begun_us=begun_us if boot == self._boots.boot else None)
        shift = self._boots.shift(self._boots.boot)
        return self._journal.tell(self._boots.boot, shift.us, begun_us=begun_us) if shift is not None else None

    def found(self, *, begun_us: int) -> int | None:
        """The same once the time is known, which is looked at anew; None until then."""
        return None if self._boots.is_lost() else self.tell(begun_us=begun_us)

    def sign_one(self, days: Mapping[date, DayRules]) -> bool:
        """Give one dated segment its line; whether there was one that could get it. Raises `OSError`."""
        found = self._journal.next_dated()
        if found is None:
            return False
        entry, boot = found
        held = self._folder / f"{entry.segment_id}{files.HELD}"
        try:
            kept, other = files.kept_of(held), other_kind.kept(held)
        except (ValueError, KeyError):
            log.exception("what is kept of a segment cannot be read", segment_id=str(entry.segment_id))
            self._ledger.mark([entry.segment_id], State.DATED, again=True)
            return False
        shift, day = self._boots.shift(boot), self._day(entry, kept, days, other)
        if day is None or (shift is None and not kept.is_believed):  # its day's key may still come
            self._ledger.mark([entry.segment_id], State.DATED, again=True)
            return False
        try:
            body = self._sealed(held, day)
        except CannotDecrypt:
            log.exception("a segment is not what was written to the disk", segment_id=str(entry.segment_id))
            self._ledger.mark([entry.segment_id], State.DATED, again=True)
            return False
        dated = self._kept(entry, kept, day, self._found_us(entry, kept, shift))
        line = self._spool.sign(self._id, body, dated, self._worth(dated.recorded, kept.recorded, shift))
        self._journal.settle(replace(entry, size=line.cipher_bytes))
        self._envelopes.pop(entry.segment_id, None)
        return True

    def _enter(self, body: Path, kept: Kept) -> Entry:
        held = files.lay_down(body, kept)
        entry = self._note(held, kept)
        if not kept.is_believed:
            self.tell()  # the time may have become known while it was recorded
        return entry

    def _note(self, held: Path, kept: Kept, *, found_again: bool = False) -> Entry:
        recorded = kept.recorded
        day = civil_day(instant(recorded.started_us))
        size = held.stat().st_size
        entry = Entry(UUID(held.stem), self._id, day, recorded.started_us, recorded.ended_us, size)
        if not kept.is_believed:
            self._journal.enter(entry, recorded.boot_id, key_interval_ms=recorded.key_interval_ms)
            return entry
        # The clock may have been confirmed while it was recorded.
        state = State.BELIEVED if self.believed.claims() is not None else State.DATED
        self._ledger.enter(
            entry,
            key_interval_ms=recorded.key_interval_ms,
            found_again=found_again,
            state=state,
            boot=recorded.boot_id,
        )
        return entry

    def _lose(self, entry: Entry, boot: str) -> None:
        if self._ledger.known(self._id)[entry.segment_id][1] is State.UNDATED:
            self._journal.lose(entry, boot)
        else:
            self._ledger.lose(entry)

    def _day(self, entry: Entry, kept: Kept, days: Mapping[date, DayRules], other: OtherKind | None) -> _Day | None:
        """With the file's key in memory, as the day's key is known now; without it, as it was known then."""
        envelope, now_known = self._envelopes.get(entry.segment_id), days.get(entry.civil_day)
        if envelope is not None and now_known is not None:
            return _Day(entry.civil_day, now_known, envelope)
        day = entry.civil_day.isoformat()
        if day in kept.days:
            return _Day(entry.civil_day, DayRules(*kept.days[day]), None)
        if other is not None and day in other.days:
            return _Day(entry.civil_day, DayRules(*other.days[day]), None, other)
        return None

    def _sealed(self, held: Path, day: _Day) -> Path:
        if day.other is not None:
            return files.sealed_anew(held, day.other.header, header_bytes=day.other.over_bytes)
        if day.envelope is None:
            return held
        if kind_of(day.rules.recipient) is not day.envelope.kind:
            return files.made_anew(held, day.envelope, recipient=day.rules.recipient)
        header = day.envelope.header_for(day.rules.recipient)
        return files.sealed_anew(held, header, header_bytes=len(day.envelope.header))

    def _found_us(self, entry: Entry, kept: Kept, shift: Shift | None) -> int | None:
        """When its time was found; None where the clock that it was recorded by proved to be right."""
        if not kept.is_believed and shift is not None:
            return shift.found_us
        return self._readings.now_us() if entry.started_us != kept.recorded.started_us else None

    def _kept(self, entry: Entry, kept: Kept, day: _Day, found_us: int | None) -> Kept:
        sealed_for = (kept if day.other is None else day.other).days
        several = day.envelope is None and len({recipient for _days, recipient in sealed_for.values()}) > 1
        notes = set(filter(None, kept.recorded.notes.split(",")))
        notes |= {redated_note(found_us)} if found_us is not None else set()
        notes |= {Note.SEVERAL_KEYS} if several else set()
        recorded = replace(
            kept.recorded, started_us=entry.started_us, ended_us=entry.ended_us, notes=",".join(sorted(notes))
        )
        return replace(
            kept,
            day=day.day.isoformat(),
            retention_days=day.rules.retention_days,
            recipient=name_of(day.rules.recipient),
            recorded=recorded,
        )

    def _worth(self, dated: Recorded, recorded: Recorded, shift: Shift | None) -> Worth:
        """Compared with what was found: the camera's own clock is known where it was read in the same boot."""
        worth = self._readings.worth(dated, self._id)
        if recorded.is_dated or shift is None:
            return worth if dated.started_us == recorded.started_us else replace(worth, trust=Trust.REDATED)
        is_known = shift.bound_us >= 0
        return replace(
            worth,
            trust=Trust.REDATED,
            clock_source=shift.source,
            clock_offset_us=recorded.started_us + shift.us - dated.started_us if is_known else 0,
            clock_bound_us=shift.bound_at(recorded.monotonic_ns),
        )


def _by_kind(
    days: Mapping[date, DayRules], *, known: date, likeliest: date
) -> tuple[Mapping[date, DayRules], Mapping[date, DayRules]]:
    """Those of the likeliest day's kind, and those of the other that it can be: nothing is dated before `known`."""
    kind = kind_of(days[likeliest].recipient)
    own = {day: rules for day, rules in days.items() if kind_of(rules.recipient) is kind}
    return own, {day: rules for day, rules in days.items() if day not in own and day >= known}
