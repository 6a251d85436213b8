"""What a person reads on a page: its figures, facts, lists and sentences with numbers, each under what it is called."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
_SPOKEN = frozenset({"p", "h1", "h2", "strong", "button", "figcaption"})
# What stands in these is told under the name that it has there.
_NAMED = ("sy-figures", "sy-facts", "sy-todo", "sy-article", "sy-filter", "sy-crumbs", "sy-hours", "sy-exports")
_DAY = re.compile(r"民國\d+年\d+月\d+日")
_NUMBER = re.compile(r"\d[\d,.:]*")
_BEGINNING = 16


@dataclass
class Node:
    """An element with what is in it."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    inside: list["Node | str"] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether it bears a class."""
        return name in self.attributes.get("class", "").split()

    def all(self, tag: str = "", *, named: str = "") -> Iterator["Node"]:
        """The elements in it of a tag and a class, from the top."""
        for each in self.inside:
            if isinstance(each, Node):
                if tag in {"", each.tag} and (not named or each.has(named)):
                    yield each
                yield from each.all(tag, named=named)

    def words(self, *, without: Sequence[str] = ()) -> str:
        """What is read of it, in one line; nothing of its drawings, nor of the elements of a tag that is left out."""
        return " ".join("".join(self.parts((*without, "svg"))).split())

    def parts(self, without: Sequence[str]) -> Iterator[str]:
        """The pieces of it, with a blank around each element."""
        for each in self.inside:
            if isinstance(each, str):
                yield each
            elif each.tag not in without:
                yield " "
                yield from each.parts(without)
                yield " "


@dataclass(frozen=True)
class Table:
    """A table by its columns. Each row is its cells, a row that only says that there is none left out."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Node]]

    def words(self) -> list[Mapping[str, str]]:
        """Each row as it is read, by column."""
        return [{name: cell.words() for name, cell in self.by_column(row).items()} for row in self.rows]

    def by_column(self, row: Sequence[Node]) -> Mapping[str, Node]:
        """A row's cells by column; of one that spans the rest only the first two."""
        return dict(zip(self.columns, row, strict=False))


@dataclass(frozen=True)
class ToDo:
    """One line of 「現在該做什麼」."""

    text: str
    note: str
    urgent: bool


class Page:
    """A page as it came."""

    def __init__(self, html: str) -> None:
        """Read it; only what stands in `main`."""
        reader = _Reader()
        reader.feed(html)
        self.main = next(reader.top.all("main"))

    @property
    def figures(self) -> Mapping[str, str]:
        """Each great figure, with its note, by its words."""
        found = {}
        for each in self.main.all("div", named="sy-figure"):
            (words,) = each.all("span", named="sy-figure-words")
            value = next(each.all(named="sy-figure-value"))
            note = " ".join(part.words() for part in each.all("span", named="sy-figure-note"))
            found[words.words()] = f"{value.words()} {note}".strip()
        return found

    @property
    def facts(self) -> Mapping[str, str]:
        """Each fact by its term."""
        return _terms(self.main, without={id(each) for folded in self.main.all("details") for each in folded.all("dl")})

    @property
    def definitions(self) -> Mapping[str, str]:
        """How a number comes about, by what it is called."""
        return {f"怎麼算：{term}": words for each in self.main.all("details") for term, words in _terms(each).items()}

    @property
    def tables(self) -> Mapping[str, Table]:
        """Each table by its caption."""
        found = {}
        for each in self.main.all("table"):
            columns = [cell.words() for head in each.all("thead") for cell in head.all("th")]
            body = next(each.all("tbody"))
            rows = [[cell for cell in row.inside if isinstance(cell, Node)] for row in _rows(body)]
            found[next(each.all("caption")).words()] = Table(columns, [row for row in rows if len(row) > 1])
        return found

    @property
    def to_do(self) -> Sequence[ToDo]:
        """The lines of 「現在該做什麼」."""
        sections = [each for each in self.main.all("section", named="sy-todo") if list(each.all("ol"))]
        return [_to_do(line) for each in sections for line in each.all("li")]

    @property
    def said(self) -> Sequence[str]:
        """The sentences with a number in them that stand in none of the others."""
        return [words for words in _sentences(self.main) if _NUMBER.search(words)]

    def labels(self) -> Iterator[str]:
        """What each number of the page is called."""
        yield from self.figures
        yield from self.facts
        yield from (term for term, words in self.definitions.items() if _NUMBER.search(words))
        for caption, table in self.tables.items():
            yield from (f"{caption}｜{column}" for column in table.columns[1:])
        if self.to_do:
            yield "現在該做什麼"
        yield from (template(each) for each in self.said)


def template(words: str) -> str:
    """What a sentence is called: how it begins, with # for each number and ＃ for each day."""
    return _NUMBER.sub("#", _DAY.sub("＃", words))[:_BEGINNING]


def _terms(node: Node, *, without: Collection[int] = ()) -> Mapping[str, str]:
    return {
        next(pair.all("dt")).words(): next(pair.all("dd")).words()
        for held in node.all("dl")
        if id(held) not in without
        for pair in held.all("div")
    }


def _to_do(line: Node) -> ToDo:
    note = " ".join(each.words() for each in line.all("span", named="sy-quiet"))
    text = " ".join(each.words() for each in line.all("a")) or line.words()
    return ToDo(text, note, line.has("sy-urgent"))


def _rows(body: Node) -> Iterator[Node]:
    return (each for each in body.inside if isinstance(each, Node) and each.tag == "tr")


def _sentences(node: Node) -> Iterator[str]:
    for each in node.inside:
        if not isinstance(each, Node) or each.tag in {"table", "svg", "dl", "form"}:
            continue
        if any(each.has(name) for name in _NAMED) and not (each.has("sy-todo") and not list(each.all("ol"))):
            continue
        if each.tag in _SPOKEN:
            yield each.words()
        else:
            yield from _sentences(each)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.top = Node("")
        self._open = [self.top]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(made)
        if tag not in _VOID:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in {each.tag for each in self._open}:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)
