"""What the bureau sees of a day, beside what it has to be; each difference is a line."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from infra.db import bureau_session, db
from tenants.compliance import morning as product_morning
from tenants.compliance import queries as compliance
from tenants.compliance.articles import queries as articles
from tenants.compliance.finding_models import CityDay, ComplianceFinding
from tenants.compliance.scoring import queries as scoring
from tenants.compliance.scoring import weights
from tenants.compliance.scoring.queries import Within
from tenants.compliance.scoring.rules import score
from tenants.registry import names
from tenants.registry import queries as registry
from tests.city_year import footage
from tests.city_year.differing import differ
from tests.city_year.inventing import Year
from tests.city_year.oracle import morning
from tests.city_year.oracle.answers import Answer
from tests.city_year.oracle.city import RULES, Key, answers, counts
from tests.city_year.oracle.scores import CITY, Score, scores
from tests.webapp.conftest import WebClient

_INSTITUTION = re.compile(r"/bureau/institutions/([0-9a-f-]{36})")


class Looking:
    """The bureau's pages and what they read, of one year."""

    def __init__(self, year: Year, tenants: Mapping[UUID, str], client: WebClient) -> None:
        self.year, self.tenants, self.client = year, tenants, client

    def articles(self, day: date, told_at: datetime) -> Iterator[str]:
        """Every article at every institution: state, of how many, how many wrong, since when."""
        yield from differ(f"{day}", answers(self.year, day, told_at), self.found(day))

    def found(self, day: date) -> Mapping[Key, Answer]:
        """What the jobs wrote down of a day."""
        told: dict[Key, Answer] = {}
        query = db.select(ComplianceFinding).where(ComplianceFinding.civil_day == day)
        with bureau_session() as session:
            for row in session.scalars(query):
                told[self.tenants[row.tenant_id], row.article] = Answer(row.state, row.looked_at, row.wrong, row.since)
        return told

    def city(self, day: date, told_at: datetime) -> Iterator[str]:
        """The city's counts of a day by district, kind and ownership, and the point of each trend."""
        wanted = counts(self.year, answers(self.year, day, told_at), day)
        query = db.select(CityDay).where(CityDay.civil_day == day, CityDay.institutions > 0)
        with bureau_session() as session:
            rows = list(session.scalars(query))
            told = {(r.article, r.district, r.kind, r.ownership, r.state): r.institutions for r in rows}
        yield from differ(f"{day} city", wanted, told)
        for article in RULES:
            by_state: Counter[str] = Counter()
            for (of, *_, state), number in wanted.items():
                by_state[state] += number if of == article else 0
            point = articles.trend(article=article, first=day, last=day).get(day)
            shown = {state.value: number for state, number in point.counts.items()} if point is not None else {}
            yield from differ(f"{day} trend {article}", +by_state, {k: v for k, v in shown.items() if v})

    def institution_scores(self, day: date, told_at: datetime) -> Iterator[str]:
        """Each institution's score of a day, by the weights of that day."""
        wanted = scores(self.year, answers(self.year, day, told_at), day)
        version = weights.in_force(day=day)
        told = {
            line.code: Score(line.score.owed, line.score.met, line.score.reaches(version.target))
            for line in scoring.scored(day=day, weighting=version)
            if line.score is not None
        }
        of_schools = {code: wanted[code] for code in self.tenants.values() if code in wanted}
        yield from differ(f"{day} score", of_schools, told)

    def city_scores(self, day: date, told_at: datetime) -> Iterator[str]:
        """The city's score of a day and each district's, asked for by the name that it bears now."""
        wanted = scores(self.year, answers(self.year, day, told_at), day)
        version, changes = weights.in_force(day=day), names.changes_of_all()
        placed = {each.id: each.district for each in registry.directory()}
        for present in sorted({CITY, *placed.values()}):
            bore = names.district_names(present, placed=placed, changes=changes) if present else []
            then = next((each.name for each in bore if each.first <= day < each.before), CITY)
            counted = scoring.by_day(first=day, last=day, within=Within(districts=bore))
            total = score(counted[day].counts, version)
            told = Score(total.owed, total.met, total.reaches(version.target))
            yield from differ(f"{day} score of {present}", {then: wanted[then]}, {then: told})

    def board(self, told_at: datetime, day: date) -> Iterator[str]:
        """How each institution stands at the minute, and the morning's matters."""
        found = answers(self.year, day, told_at)
        lines = compliance.board(now=told_at)
        standing = {self.tenants[line.tenant_id]: line.judgement.standing.value for line in lines}
        yield from differ(f"{told_at} board", morning.standings(self.year, found, told_at), standing)
        wanted = morning.matters(self.year, found, told_at)
        told = product_morning.matters(lines, articles.unmet(day=day, few=product_morning.FEW), now=told_at)
        shown = [self._matter(each, day) for each in told]
        if [each.rank for each in shown] != [each.rank for each in wanted] or set(shown) != set(wanted):
            yield f"{told_at} matters: wanted {wanted}, told {shown}"

    def _matter(self, told: product_morning.Matter, day: date) -> morning.Matter:
        schools = frozenset(self.tenants[each.tenant_id] for each in told.institutions)
        return morning.Matter(told.key, schools, told.oldest_days(day))

    def pages(self, told_at: datetime, day: date) -> Iterator[str]:
        """The pages themselves: the lists behind the figures, and an institution's own page."""
        found, client = answers(self.year, day, told_at), self.client.sign_in("bureau")
        for article in RULES:
            for state in ("unmet", "warned", "not_reported", "no_data", "advice"):
                wanted = {code for (code, key), each in found.items() if (key, each.state) == (article, state)}
                if wanted:
                    page = client.get(f"/bureau/articles/{article}?state={state}").text
                    listed = page[page.index('id="list"') : page.index('id="parts"')]
                    told = {self.tenants[UUID(each)] for each in _INSTITUTION.findall(listed)}
                    yield from differ(f"{day} page {article} {state}", {"": wanted}, {"": told})

    def silent(self, moment: datetime) -> list[str]:
        """The institutions of which nobody hears at a moment."""
        return [each.code for each in self.year.schools if footage.silence(self.year, each.code, moment)]

    def late(self, code: str, day: date, told_at: datetime) -> Iterator[str]:
        """What a day says of recording once a box that was silent is back."""
        key = (code, "continuity")
        wanted, told = answers(self.year, day, told_at)[key], self.found(day)[key]
        yield from differ(f"{day} late", {key: wanted}, {key: told})

    def again(self, day: date, before: Mapping[Key, Answer]) -> Iterator[str]:
        """What a day says after it was taken anew."""
        yield from differ(f"{day} again", before, self.found(day))
