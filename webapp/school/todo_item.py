"""One line of 「現在該做什麼」."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing to do: the sentence, where, by which article, and whether it comes before the others."""

    text: str
    href: str
    article: str
    urgent: bool = False
