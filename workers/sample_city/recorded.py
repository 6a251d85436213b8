"""What every camera of the city kept and did not keep on each day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.causes import GapCause
from tenants.footage.rules import Window
from workers.sample_city.cast import PAST_DAYS, SitePlan
from workers.sample_city.past import STARTED, moment
from workers.sample_city.recorders import LONG, spans

# Of days that are destroyed nobody looks at single segments, and a third of the rows says the same.
_LONGER = timedelta(minutes=30)
YESTERDAY = ("09:30", "10:30")


@dataclass(frozen=True, kw_only=True)
class Span:
    """A span of one camera on one past day. `cause` says why nothing was recorded; without one, minutes are real."""

    site: str
    camera: str
    days_ago: int
    begins: str
    ends: str
    cause: GapCause | None = None

    @property
    def window(self) -> Window:
        """The instants."""
        return Window(moment(self.days_ago, self.begins), moment(self.days_ago, self.ends))


def _span(where: str, days_ago: int, hours: str, cause: GapCause | None = None) -> Span:
    site, camera = where.split("/")
    begins, ends = hours.split("-")
    return Span(site=site, camera=camera, days_ago=days_ago, begins=begins, ends=ends, cause=cause)


OUTAGES = (
    _span("K1/C-ROOM2", 4, "10:00-10:20", GapCause.STREAM_STALLED),
    _span("K1/C-GATE", 9, "16:00-17:30", GapCause.CAMERA_UNREACHABLE),
    _span("E1/E-YARD", 2, "03:00-03:20", GapCause.PROCESS_RESTARTED),
    _span("E1/E-GATE", 11, "13:00-15:00", GapCause.CAMERA_REFUSED),
    _span("E1K/K-ROOM1", 7, "09:00-09:40", GapCause.STREAM_ENDED),
    _span("K2/C-PLAY", 12, "09:00-11:30", GapCause.EDGE_STOPPED),
    _span("E2/E-HALL", 5, "00:00-24:00", GapCause.NO_VIDEO),
)
# Real minutes, encrypted objects in the store: a day that is due, the cases' windows with their margins, and yesterday.
REAL = (
    _span("K1/C-GATE", 15, "10:00-10:10"),
    _span("K1/C-GATE", 13, "09:50-10:20"),
    _span("E1K/K-ROOM1", 5, "09:50-10:20"),
    _span("E1/E-GATE", 3, "09:50-10:20"),
    _span("E1/E-GATE", 2, "09:50-10:20"),
    *(_span(where, 1, "-".join(YESTERDAY)) for where in ("K1/C-GATE", "K1/C-ROOM2", "E1/E-GATE", "E1K/K-ROOM1")),
)


def old_index(site: SitePlan, camera: str) -> Iterator[tuple[datetime, datetime]]:
    """The spans that the recorder kept and of which the store holds nothing any more, or never did."""
    until = moment(site.silent_days - 1, "00:00") if site.silent_days else STARTED
    holes = [one.window for one in (*OUTAGES, *REAL) if (one.site, one.camera) == (site.code, camera)]
    for days_ago in range(PAST_DAYS, -1, -1):
        step = LONG if days_ago <= site.retention_days + 1 else _LONGER
        for span in spans(moment(days_ago, "00:00"), min(moment(days_ago, "24:00"), until), step):
            if not any(Window(*span).within(hole) for hole in holes):
                yield span


def on_day(which: tuple[Span, ...], site: str, days_ago: int) -> list[Span]:
    """Those of a site that fall on a day."""
    return [one for one in which if (one.site, one.days_ago) == (site, days_ago)]
