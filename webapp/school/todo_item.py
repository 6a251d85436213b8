"""One line of 「現在該做什麼」."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing to do: the sentence, where, by which article, whether it comes before the others, and by which day.

    Of what is urgent comes first what `loses` footage or soon will, as it does in the bureau's morning.
    """

    text: str
    href: str
    article: str
    urgent: bool = False
    due: date | None = None
    loses: bool = False

    @property
    def place(self) -> tuple[bool, bool, date]:
        """Where it stands among the others: what is urgent first, then what is due first, then what has no day."""
        return not self.loses, not self.urgent, self.due or date.max
