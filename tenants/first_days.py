"""From which day a version takes force that the bureau enters: ahead, and one version a day. Pure."""

from collections.abc import Collection, Iterator
from datetime import date

from tenants.errors import Invalid


def faults(begin: date | None, *, taken: Collection[date], today: date, spared: str) -> Iterator[Invalid]:
    """What is wrong with the first day of a new version. `spared` says what is before it and stays as it is."""
    if begin is None or begin <= today:
        yield Invalid(f"生效日應在明天以後；{spared}。", field="effective_from", code="not_ahead")
    elif begin in taken:
        yield Invalid(
            "這一天已經有一個版本。要取代它，請選擇之後的一天：新版本自其生效日起取代先前的。",
            field="effective_from",
            code="day_taken",
        )
