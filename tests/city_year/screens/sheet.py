"""One page of the product at a moment: what is compared of it is noted, so that nothing stays that nobody compares."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tests.city_year.differing import differ
from tests.city_year.inventing import Year
from tests.city_year.oracle import words
from tests.city_year.reading import Node, Page, ToDo, template
from tests.city_year.screens.figures import NO_FIGURE, where
from tests.webapp.conftest import WebClient

Row = Mapping[str, str]
_UNIT = re.compile(r"(?P<number>\d[\d,]*) (日份|日|段|次|筆|件|支|分)")


class Desk:
    """A browser before the pages of one year, and which figures it has seen and compared."""

    def __init__(self, year: Year, tenants: Mapping[UUID, str], client: WebClient) -> None:
        """Nothing was looked at yet."""
        self.year, self.tenants, self.client = year, tenants, client
        self.ids = {code: str(tenant_id) for tenant_id, code in tenants.items()}
        self.codes = {school.name: school.code for school in year.schools}
        self.shown: set[tuple[str, str]] = set()
        self.compared: set[tuple[str, str]] = set()

    def open(self, name: str, address: str, told_at: datetime) -> "Sheet":
        """A page under the name that the table of figures gives it."""
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        page = Page(answer.text)
        self.shown |= {(name, label) for label in page.labels()}
        return Sheet(self, name, page, f"{words.moment(told_at)} {address}")

    def left_out(self) -> Iterator[str]:
        """Figures that are shown and that nobody compares, and what the table says without its being so."""
        for name, label in sorted(self.shown):
            told = where(name, label)
            if not told:
                yield f"{name} shows {label!r}: compare it and enter it in the table of figures"
            elif not told.startswith(NO_FIGURE) and (name, label) not in self.compared:
                yield f"{name}: the table says that {told} compares {label!r}, which it does not"


class Sheet:
    """One page as it was read at a moment."""

    def __init__(self, desk: Desk, name: str, page: Page, what: str) -> None:
        """A page that was opened."""
        self.desk, self.name, self.page, self.what = desk, name, page, what

    def figures(self, wanted: Row) -> Iterator[str]:
        """The great figures: these and no others."""
        yield from self._all(wanted, self.page.figures)

    def figures_as(self, wanted: Row, told: Row) -> Iterator[str]:
        """The same, as somebody has read them."""
        yield from self._all(wanted, told)

    def facts(self, wanted: Row) -> Iterator[str]:
        """Some of the facts."""
        yield from self._all(wanted, {key: word for key, word in self.page.facts.items() if key in wanted})

    def definitions(self, wanted: Row) -> Iterator[str]:
        """Some of the definitions."""
        yield from self._all(wanted, {key: word for key, word in self.page.definitions.items() if key in wanted})

    def begins(self, label: str, parts: Sequence[str], *, there: bool = True) -> Iterator[str]:
        """The one sentence that begins so, with # for each number and ＃ for each day, and what it has to contain.

        Or that it is not there.
        """
        told = [each for each in self.page.said if template(each).startswith(label)]
        self._note(template(each) for each in told)
        if len(told) != there or any(part not in each for each in told for part in parts):
            yield f"{self.what} {label}: wanted {parts}, told {told}"

    def to_do(self) -> Sequence[ToDo]:
        """The lines of 「現在該做什麼」."""
        if self.page.to_do:
            self._note(["現在該做什麼"])
        return self.page.to_do

    def table(self, caption: str, wanted: Mapping[str, Row], *, key: Callable[[Node], str]) -> Iterator[str]:
        """A table's rows by what `key` makes of their first cells: these and no others, of each the columns wanted."""
        table = self.page.tables.get(caption)
        columns = {column for row in wanted.values() for column in row}
        if table is None:
            yield from [f"{self.what} has no {caption}"] if wanted else []
            return
        if wanted:
            self._note(f"{caption}｜{column}" for column in columns)
        told = {
            key(row[0]): {name: cell.words() for name, cell in table.by_column(row).items() if name in columns}
            for row in table.rows
        }
        yield from differ(f"{self.what} {caption}", wanted, told)

    def cells(self, caption: str, *, key: Callable[[Node], str]) -> Mapping[str, Mapping[str, Node]]:
        """A table's cells, by row and column, for what is more than words; each column is noted as compared."""
        table = self.page.tables[caption]
        self._note(f"{caption}｜{column}" for column in table.columns[1:])
        return {key(row[0]): table.by_column(row) for row in table.rows}

    def school(self, cell: Node) -> str:
        """The institution of a row, by the name that its first cell begins with."""
        return self.desk.codes[cell.words().split()[0]]

    def _all(self, wanted: Row, told: Row) -> Iterator[str]:
        self._note(wanted)
        yield from differ(self.what, wanted, told)

    def _note(self, labels: Iterable[str]) -> None:
        self.desk.compared |= {(self.name, label) for label in labels}


def plain(cell: str) -> str:
    """A cell as a file has it: the number without its unit."""
    found = _UNIT.fullmatch(cell)
    return found["number"].replace(",", "") if found else cell
