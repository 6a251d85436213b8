"""Somebody who looks each evening, compares with the law as `tests.year.law` has it, and trusts nothing it is told."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from infra.clock import civil_day
from tests.year.law import GIVEN_UP, Owed, gone_after_release, owed_by_net
from tests.year.opening import Opener
from tests.year.schools import Recorded
from tests.year.seen import Day, Seen

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Judge:
    """The law of one institution: what it owes for a day's footage, its class, and the text that a paper must cite."""

    owed: Callable[[date], Owed]
    days: Callable[[date], int]
    cites: Callable[[date], str]


@dataclass(kw_only=True)
class Watched:
    """A segment, or an object that nobody knows; by whom it went."""

    made: Recorded
    owed: Owed
    put_at: datetime
    gone_by: str = ""


@dataclass(kw_only=True)
class Held:
    """What a hold keeps, since when and until when."""

    name: str
    prefix: str
    shares: str
    copies: dict[str, Recorded]
    released: date | None = None


@dataclass
class Watch:
    """`tally` counts what must be none (early, late, uncited, wrong_class) and what happened; `words` says each.

    `idle` are nights without a worker, `last` is the last day that is filmed. `hurried` counts what the store took in
    its own good time while our day lagged so far behind it that it was owed by ours: nobody's fault, and no proof.
    """

    see: Callable[[], Seen]
    opener: Opener
    store_now: Callable[[], datetime]
    judges: Mapping[UUID, Judge]
    idle: frozenset[date]
    last: date
    tally: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)
    papers: dict[Day, dict[str, object]] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    uploads: dict[str, date] = field(default_factory=dict)
    _there: list[Watched] = field(default_factory=list)
    _keys: dict[Day, Owed] = field(default_factory=dict)
    _dead: set[Day] = field(default_factory=set)
    _unpapered: set[Day] = field(default_factory=set)
    _told: set[tuple[str, object]] = field(default_factory=set)

    def take(self, made: Iterable[Recorded], *, put_at: datetime) -> None:
        """Footage was uploaded, not before this instant of the store's."""
        for one in made:
            judge = self.judges[one.tenant_id]
            if one.days != judge.days(one.day):
                self._fault("wrong_class", one.key, f"the law says {judge.days(one.day)} days")
            self._there.append(Watched(made=one, owed=judge.owed(one.day), put_at=put_at))
            self.tally["segments"] += 1

    def take_stray(self, made: Recorded) -> None:
        """Something lies there that nobody was told of: the store's own rule must take it, and not too soon."""
        self._there.append(Watched(made=made, owed=owed_by_net(made.day, made.days), put_at=self.store_now()))
        self.tally["strays"] += 1

    def look(self, today: date) -> None:
        """One evening."""
        seen = self.see()
        store_day = civil_day(self.store_now())
        self._read(seen)
        for one in list(self._there):
            self._look_at(one, seen, today, store_day)
        self._look_at_keys(seen, today)
        for held in list(self.held):
            self._look_at_hold(held, seen, today)
        for key, begun in list(self.uploads.items()):
            if key not in seen.anything:
                del self.uploads[key]
            elif today > begun + GIVEN_UP:
                self._fault("late", key, "an upload that nobody ends")
        self._try(seen, today)

    def brought_back(self) -> tuple[int, int]:
        """After a restore: how many destroyed keys are rows again, and how many of those open."""
        seen = self.see()
        alive = [day for day in self._dead if day in seen.rows]
        return len(alive), sum(self.opener.secret(day) is not None for day in alive)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left that is or was owed."""
        return not (self._there or self._keys or self.held or self._unpapered)

    def close(self) -> None:
        """The last evening is over: what is still there, or never got its paper, is told."""
        for one in self._there:
            self._fault("late", one.made.key, "is there when everything is over")
        for day in self._unpapered:
            self._fault("uncited", day, "has no certificate")

    def _read(self, seen: Seen) -> None:
        """Every new certificate must cite the text that was in force on the day of recording."""
        for day, paper in seen.certified.items():
            if self.papers.get(day) == paper:
                continue
            self.tally["restored" if "restored" in paper else "certificates"] += 1
            self.papers[day] = paper
            cited = self.judges[day.tenant_id].cites(day.day)
            if paper["rule"] != cited or not paper["articles"]:
                self._fault("uncited", day, f"cites {paper['rule']}, in force was {cited}")
        self._unpapered -= self.papers.keys()

    def _look_at(self, one: Watched, seen: Seen, today: date, store_day: date) -> None:
        made = one.made
        if not one.gone_by and made.key not in seen.current:
            self._gone(one, seen, today, store_day)
        if made.key in seen.anything:
            self._check_late(made.key, one.owed, today)
        elif one.gone_by:
            self._there.remove(one)

    def _gone(self, one: Watched, seen: Seen, today: date, store_day: date) -> None:
        """By whom: by a destruction, whose time the service's clock says, or by a rule of the store, after its own."""
        made = one.made
        day = Day(made.tenant_id, made.day, made.days)
        if day in seen.begun or day in self.papers:
            one.gone_by, when = "destruction", today
            self._unpapered |= {day} - self.papers.keys()
        else:
            age = (self.store_now() - one.put_at) / _DAY
            one.gone_by, when = seen.rule_of(made.key, age), store_day
            if not one.gone_by:
                one.gone_by = "nobody"
                self._fault("uncited", made.key, f"went after {age:.1f} days of the store by no rule")
            # Our last evening and the store's next morning are seconds apart; more than that is a machine too slow.
            self.tally["hurried"] += today < one.owed.through < store_day
        self.tally[f"gone by {one.gone_by}"] += 1
        if when <= one.owed.through:
            self._fault("early", made.key, f"gone by {one.gone_by} on {when}, owed through {one.owed.through}")

    def _look_at_keys(self, seen: Seen, today: date) -> None:
        """Only of days that have begun: a key of days ahead that a restored database lost never encrypted anything."""
        for day in seen.rows.keys() - self._keys.keys() - self._dead:
            judge = self.judges.get(day.tenant_id)
            if day.day > min(today, self.last) or judge is None:
                continue
            self._keys[day] = judge.owed(day.day)
            if judge.days(day.day) != day.days:
                self._fault("wrong_class", day, "a key of another class than the day's")
        for day, owed in list(self._keys.items()):
            if not seen.opens(day) and today <= owed.through:
                self._fault("early", day, f"its key opens no more, owed through {owed.through}")
            if seen.remains(day):
                self._check_late(day, owed, today)
            else:
                self._dead.add(day)
                del self._keys[day]
        for day in self._dead & seen.rows.keys():
            self._fault("late", day, "a destroyed key is a row again")

    def _look_at_hold(self, held: Held, seen: Seen, today: date) -> None:
        if held.released is None:
            for key, made in held.copies.items():
                if key not in seen.current and made.key not in seen.current:
                    self._fault("early", key, f"{held.name} holds it, and it is gone")
            return
        left = [key for key in seen.anything if key.startswith((held.prefix, held.shares))]
        if left and today > gone_after_release(held.released, idle=sorted(self.idle)):
            self._fault("late", held.name, f"{len(left)} objects of a hold that ended on {held.released}")
        if not left:
            self.held.remove(held)

    def _try(self, seen: Seen, today: date) -> None:
        """Really open what is owed for the last day, and really fail with what is not owed any more."""
        for day, owed in list(self._keys.items()):
            if owed.through == today and (sample := self._sample(day)) is not None:
                self.tally["opened"] += 1
                if self.opener.read(day, sample.cipher) != sample.plain:
                    self._fault("early", day, "does not open on the last day on which it is owed")
        for day in self._dead:
            if ("tried", day) not in self._told:
                self._told.add(("tried", day))
                self.tally["tried"] += 1
                if self.opener.secret(day) is not None:
                    self._fault("late", day, "opens after its destruction")
        assert seen.rules, "the bucket has rules"

    def _sample(self, day: Day) -> Recorded | None:
        of = (day.tenant_id, day.day, day.days)
        found = (each.made for each in self._there)
        return next((one for one in found if (one.tenant_id, one.day, one.days) == of), None)

    def _check_late(self, what: object, owed: Owed, today: date) -> None:
        if today > owed.year_ends:
            self._fault("late", what, f"is there after its year, which ended on {owed.year_ends}")
        elif today > owed.gone_after:
            self._fault("late", what, f"is there, and should have gone by {owed.gone_after}")

    def _fault(self, kind: str, what: object, why: str) -> None:
        """Each once."""
        if (kind, what) not in self._told:
            self._told.add((kind, what))
            self.tally[kind] += 1
            self.words.append(f"{kind}: {what}: {why}")
