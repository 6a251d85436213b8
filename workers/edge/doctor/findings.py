"""One thing that was looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`check` is stable; `words` are for the person beside the box. `good` is None where nothing is judged."""

    check: str
    title: str
    good: bool | None
    words: str
    facts: Mapping[str, int | float | str] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """As `doctor --json` says it."""
        return {
            "check": self.check,
            "title": self.title,
            "good": self.good,
            "words": self.words,
            "facts": dict(self.facts),
        }


def are_well(findings: Iterable[Finding]) -> bool:
    """Whether nothing that was looked at is bad."""
    return all(one.good is not False for one in findings)
