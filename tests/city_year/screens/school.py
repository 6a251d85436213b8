"""The first page of a school as its head sees it: what is to be done now, by which day, and how it stands."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from tests.city_year.oracle import minute
from tests.city_year.oracle import school as oracle
from tests.city_year.screens.bureau import Morning

# Serial numbers are drawn, with the agency's name where an agency asks; what comes after is advice without a number.
_SERIAL = re.compile(r"^(?:調閱|個資)-[^：]+(?=：)|^報修-\S+")
_ADVICE = re.compile(r"(?<=秒）：).*|(?<=沒有回報).*")


def first_page(seen: Morning, code: str) -> Iterator[str]:
    """Everything on the page."""
    asked = seen.asked[code]
    seen.desk.client.sign_in(f"{code}-head")
    sheet = seen.desk.open("school", f"/schools/{seen.desk.ids[code]}/", seen.told_at)
    items = oracle.items(asked)
    wanted = [(each.text, each.urgent) for each in items]
    told = [(_ADVICE.sub("", _SERIAL.sub("#", each.text)), each.urgent) for each in sheet.to_do()]
    if sorted(told) != sorted(wanted):
        missing, foreign = Counter(wanted) - Counter(told), Counter(told) - Counter(wanted)
        yield f"{sheet.what} {code}: wanted besides {[*missing]}, told besides {[*foreign]}"
    elif not _in_order([text for text, _ in told], items):
        yield f"{sheet.what} {code}: not in order: {told}"
    figures = oracle.figures(asked)
    if asked.is_closed:
        figures = {name: words for name, words in figures.items() if name != "正在錄影的鏡頭"}
        yield from sheet.begins(f"{asked.school.name}自＃起停辦", minute.reasons(asked, seen.found))
    shown = {name: re.sub(r"(?<=日，)\D.*", "", words) for name, words in sheet.page.figures.items()}
    yield from sheet.figures_as(figures, shown)


def _in_order(told: Sequence[str], items: Sequence[oracle.Item]) -> bool:
    """Whether the lines stand as they are urgent and due; those of one place in any order."""
    left = list(told)
    for _, same in groupby(items, key=lambda each: each.place):
        texts = [each.text for each in same]
        if Counter(left[: len(texts)]) != Counter(texts):
            return False
        left = left[len(texts) :]
    return not left
