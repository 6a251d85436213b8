"""The bureau's morning: at most ten things that need a person, with age and owner (DR-30, journey B1). Pure.

A thing that few institutions have is told by their names; one that many have is one thing, with the list behind it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from infra.clock import civil_day
from tenants.compliance.articles.catalogue import AT_RISK, BY_KEY, OPEN_FAULTS
from tenants.compliance.articles.model import Article
from tenants.compliance.articles.queries import Unmet
from tenants.compliance.queries import BoardLine
from tenants.compliance.rules import Standing, law_faults
from tenants.compliance.silence import Silence, others, silences
from tenants.permissions import ROLE_NAMES, Role
from tenants.profiles import Clause

MOST = 10
# As many institutions with the same trouble can be told one by one.
FEW = 3
SILENT, NEVER_HEARD, STOPPED, LAW = "silent", "never_heard", "not_recording", "law"
_SILENT_WORDS = "邊緣主機停止回報"
# What is told of the moment, and by which clause; an article is told by its own name.
_OF_MOMENT: Mapping[str, tuple[str, Clause]] = {
    SILENT: (_SILENT_WORDS, Clause.CONTINUITY),
    NEVER_HEARD: ("邊緣主機從未回報", Clause.CONTINUITY),
    STOPPED: ("有鏡頭未在錄影", Clause.CONTINUITY),
    LAW: ("保存、銷毀或保全需要處理", Clause.RETENTION_MAX),
}
_HANDLER = ROLE_NAMES[Role.HANDLER]


@dataclass(frozen=True, kw_only=True)
class Of:
    """One institution in a matter. `words` say how it stands, empty where the matter's own say enough."""

    tenant_id: UUID
    name: str
    since: datetime | date | None
    words: str = ""

    def days(self, today: date) -> int:
        """How many civil days it lasts; what has no beginning is as old as today."""
        if self.since is None:
            return 0
        return (today - (civil_day(self.since) if isinstance(self.since, datetime) else self.since)).days


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One thing to do. `key` is an article's, or one of this moment: silent, never heard, not recording, the law."""

    key: str
    words: str
    clause: Clause
    owner: str
    institutions: Sequence[Of]
    is_urgent: bool = False

    def oldest_days(self, today: date) -> int:
        """The age of the oldest."""
        return max((each.days(today) for each in self.institutions), default=0)

    def oldest_instant(self) -> float:
        """When the oldest of those began that have an instant, in seconds: of one day the longer one comes first."""
        began = [each.since for each in self.institutions]
        return min((since.timestamp() for since in began if isinstance(since, datetime)), default=0)


# In this order two matters stand: footage that is being lost, what the law has already broken, what is out of order,
# and then papers, however old: a covered lens of this night must not lie behind ten papers of last year.
_PLACES: Sequence[str] = (
    "retention_min",
    LAW,
    AT_RISK,
    SILENT,
    STOPPED,
    "retention_max",
    NEVER_HEARD,
    "agency_reply",
    "continuity",
    "faults",
    OPEN_FAULTS,
)
_OF_LAW = frozenset({"retention_min", "retention_max", "retained_copy"})
_OF_FAULTS = frozenset({OPEN_FAULTS, "faults"})
_URGENT = frozenset({"retention_min", "retention_max", AT_RISK, LAW})


def matters(lines: Iterable[BoardLine], findings: Iterable[Unmet], *, now: datetime) -> Sequence[Matter]:
    """What institutions have for the morning, most pressing first, of which it shows as many as find a place."""
    together = [each for matter in _grouped(lines, findings, now) for each in _told(matter)]
    return _pressing_first(together, civil_day(now))


def places(*, asked: int, matters: int) -> tuple[int, int]:
    """How many of the ten places go to what waits for the bureau itself, and how many to matters of institutions.

    Half of them are kept for the other kind, so that neither a night of emergencies hides footage that is being lost,
    nor a bad night of the city what nobody but the bureau can decide.
    """
    of_asked = min(asked, max(MOST // 2, MOST - matters))
    return of_asked, min(matters, MOST - of_asked)


def every(lines: Iterable[BoardLine], findings: Iterable[Unmet], *, now: datetime) -> Sequence[Matter]:
    """The same and all of it, institution by institution: what the morning tells together stands here line by line."""
    apart = [each for matter in _grouped(lines, findings, now) for each in _apart(matter)]
    return _pressing_first(apart, civil_day(now))


def name_of(key: str) -> str:
    """What a kind of matter is called."""
    return _OF_MOMENT[key][0] if key in _OF_MOMENT else BY_KEY[key].name


def _grouped(lines: Iterable[BoardLine], findings: Iterable[Unmet], now: datetime) -> Sequence[Matter]:
    """Each kind of thing once, with all institutions that have it."""
    lines, findings = list(lines), list(findings)
    silent = silences(lines, findings, now=now)
    of_articles = _of_articles(others(findings, silent), silent)
    of_law, of_faults = (_institutions(of_articles, keys) for keys in (_OF_LAW, _OF_FAULTS))
    return [*_of_now(lines, silent, of_law=of_law, of_faults=of_faults), *of_articles.values()]


def _pressing_first(told: Iterable[Matter], today: date) -> Sequence[Matter]:
    def pressing(each: Matter) -> tuple[int, int, int, float]:
        return _place(each.key), -each.oldest_days(today), -len(each.institutions), each.oldest_instant()

    return sorted(told, key=pressing)


def _place(key: str) -> int:
    return _PLACES.index(key) if key in _PLACES else len(_PLACES)


def _told(matter: Matter) -> Iterator[Matter]:
    """One matter for each of few institutions, or one for all of many."""
    yield from [matter] if len(matter.institutions) > FEW else _apart(matter)


def _apart(matter: Matter) -> Iterator[Matter]:
    """One matter for each institution, in its own words."""
    for each in matter.institutions:
        yield Matter(
            key=matter.key,
            words=each.words or matter.words,
            clause=matter.clause,
            owner=matter.owner,
            institutions=[each],
            is_urgent=matter.is_urgent,
        )


def _institutions(of_articles: Mapping[str, Matter], keys: Iterable[str]) -> AbstractSet[UUID]:
    return {each.tenant_id for key in keys if key in of_articles for each in of_articles[key].institutions}


def _of_now(
    lines: Sequence[BoardLine],
    silent: Mapping[UUID, Silence],
    *,
    of_law: AbstractSet[UUID],
    of_faults: AbstractSet[UUID],
) -> Iterator[Matter]:
    """What is known of this minute; not of whom an article tells of the law, nor cameras whose open fault is told."""
    quiet = [
        _of(line, since=told.since, words=told.named(_SILENT_WORDS))
        for line in lines
        if (told := silent.get(line.tenant_id)) is not None and not told.is_warned
    ]
    never = [_of(line, since=line.opened_on) for line in lines if line.judgement.standing is Standing.NO_DATA]
    stopped = [
        _of(line, since=line.facts.stopped_since if line.facts else None, words=f"{count} 支鏡頭未在錄影")
        for line in lines
        if line.judgement.standing is Standing.FAULT and (count := _stopped(line, is_told=line.tenant_id in of_faults))
    ]
    broken = [
        _of(line, since=line.facts.law.wrong_since, words="、".join(faults))
        for line in lines
        if line.tenant_id not in of_law
        and line.facts is not None
        and line.facts.law is not None
        and (faults := list(law_faults(line.facts.law)))
    ]
    for key, found in ((SILENT, quiet), (NEVER_HEARD, never), (STOPPED, stopped), (LAW, broken)):
        words, clause = _OF_MOMENT[key]
        if found:
            yield Matter(
                key=key, words=words, clause=clause, owner=_HANDLER, institutions=found, is_urgent=key in _URGENT
            )


def _stopped(line: BoardLine, *, is_told: bool) -> int:
    """The cameras that do not record, without those whose open fault is told."""
    if line.facts is None or line.facts.recording_now is None:
        return 0
    return line.facts.cameras - line.facts.recording_now - line.facts.stopped_in_faults * is_told


def _of(line: BoardLine, *, since: datetime | date | None, words: str = "") -> Of:
    return Of(tenant_id=line.tenant_id, name=line.name, since=since, words=words)


def _of_articles(findings: Iterable[Unmet], silent: Mapping[UUID, Silence]) -> Mapping[str, Matter]:
    """What a day found unmet; silence is told once, and not by each article it hides."""
    unmet: dict[str, list[Of]] = {}
    for each in findings:
        words, told = _words(each), silent.get(each.tenant_id)
        if each.article == AT_RISK and told is not None and told.is_warned:
            words = told.named(words)
        of = Of(tenant_id=each.tenant_id, name=each.name, since=each.since, words=words)
        unmet.setdefault(each.article, []).append(of)
    return {
        key: Matter(
            key=key,
            words=f"{_verb(BY_KEY[key])}「{BY_KEY[key].name}」",
            clause=BY_KEY[key].clause,
            owner=BY_KEY[key].owner,
            institutions=found,
            is_urgent=key in _URGENT,
        )
        for key, found in unmet.items()
    }


def _words(found: Unmet) -> str:
    """What is wrong by its own name where there is one thing, and how many where there are more."""
    article = BY_KEY[found.article]
    if found.listed and found.wrong == 1:
        label, why = found.listed[0]["label"], found.listed[0]["why"]
        return why if label == found.name else f"{label}：{why}"
    if article.warns:
        return f"「{article.name}」{found.wrong} {article.unit}"
    return f"{found.wrong} {article.unit}未符合「{article.name}」"


def _verb(article: Article) -> str:
    return "有" if article.warns else "未符合"
