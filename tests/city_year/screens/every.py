"""All pages of a morning, one after another."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from tests.city_year.inventing import Year
from tests.city_year.oracle.city import RULES
from tests.city_year.screens import bureau, files
from tests.city_year.screens.bureau import Morning
from tests.city_year.screens.institution import institution
from tests.city_year.screens.school import first_page
from tests.city_year.screens.sheet import Desk
from tests.city_year.screens.taken import Taken
from tests.webapp.conftest import WebClient

# A suite has no time to open each article by every part, and each institution's pages, every morning.
_TURNS = 3


class Screens:
    """The pages of one year: all of them each morning, or of many alike every third, in turn."""

    def __init__(self, year: Year, tenants: Mapping[UUID, str], client: WebClient, *, whole: bool) -> None:
        """Nothing was told yet, and nothing looked at."""
        self.desk, self.taken = Desk(year, tenants, client), Taken(year)
        self._turns, self._mornings = 1 if whole else _TURNS, 0

    def at(self, told_at: datetime) -> Iterator[str]:
        """Everything that the bureau and the schools read at a minute."""
        seen = Morning(self.desk, self.taken, told_at)
        self.desk.client.sign_in("bureau")
        for page in (bureau.board, bureau.articles, bureau.overview, bureau.institution_scores):
            yield from page(seen)
        for page in (bureau.lateness, bureau.brands, bureau.zones, files.every):
            yield from page(seen)
        whole = self._in_turn(RULES)
        for key in RULES:
            yield from bureau.article(seen, key, whole=key in whole)
            yield from files.article(seen, key) if key in whole else ()
        schools = self._in_turn(seen.asked)
        for code in schools:
            yield from institution(seen, code)
        for code in schools:
            yield from first_page(seen, code)
        self._mornings += 1

    def _in_turn(self, names: Iterable[str]) -> list[str]:
        return [name for number, name in enumerate(names) if (number + self._mornings) % self._turns == 0]
