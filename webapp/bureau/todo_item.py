"""One line of 「現在該做什麼」 at the bureau."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One thing that needs a person. `note` says how old it is and whose it is, empty where the text says so."""

    text: str
    href: str
    article: str
    urgent: bool
    note: str = ""
