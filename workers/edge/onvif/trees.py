"""Reading ONVIF's answers by the local names of their elements: makers differ in prefixes, and all agree on names."""

from collections.abc import Iterator

from infra.strict_xml import Element

_LONGEST = 200
_MOST = 1_000_000_000


def every(element: Element | None, *path: str) -> Iterator[Element]:
    """The elements at the end of a path of local names."""
    if element is None:
        return
    if not path:
        yield element
        return
    for child in element.children():
        if child.name.rpartition(":")[2] == path[0]:
            yield from every(child, *path[1:])


def first(element: Element | None, *path: str) -> Element | None:
    """The first of them."""
    return next(every(element, *path), None)


def text_at(element: Element | None, *path: str) -> str:
    """Its text, of which nothing unprintable and at most two hundred characters are kept; empty when there is none."""
    found = first(element, *path)
    text = found.text().strip() if found is not None else ""
    return "".join(one for one in text if one.isprintable())[:_LONGEST]


def whole_at(element: Element | None, *path: str) -> int | None:
    """Its whole number; None when it is none."""
    number = number_at(element, *path)
    return round(number) if number is not None else None


def number_at(element: Element | None, *path: str) -> float | None:
    """Its number; None when it is none, or none that a camera could mean."""
    try:
        number = float(text_at(element, *path))
    except ValueError:
        return None
    return number if 0 <= number < _MOST else None
