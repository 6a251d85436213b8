"""What the processes tell Prometheus: numbers of things, never of persons.

No label names an institution, a person, an address or a case: labels are names out of our own code (endpoints, jobs,
queues, services), so that there are few of them and none is anybody's (DR-31).

Under gunicorn the workers of a process count into files of a common folder (`gunicorn.conf.py`), since a scrape reaches
only one of them.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# From what nobody notices (design: pages within 100 ms) to what a person gives up on.
_BUCKETS = (0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0)

_REGISTRY = CollectorRegistry()
REQUESTS = Counter("shouyuan_requests", "Requests answered.", ["process", "endpoint", "status"], registry=_REGISTRY)
REQUEST_SECONDS = Histogram(
    "shouyuan_request_seconds", "How long answers took.", ["process"], buckets=_BUCKETS, registry=_REGISTRY
)
ENDPOINT_SECONDS = Counter(
    "shouyuan_endpoint_seconds", "Seconds spent on answers.", ["process", "endpoint"], registry=_REGISTRY
)
CONNECTIONS = Gauge(
    "shouyuan_database_connections",
    "Connections to the database in use after the last answer.",
    ["process"],
    multiprocess_mode="livesum",
    registry=_REGISTRY,
)
SEGMENTS = Counter("shouyuan_segments_received", "Segments that entered the index.", registry=_REGISTRY)
SEGMENT_BYTES = Counter("shouyuan_segment_bytes_received", "Bytes of them.", registry=_REGISTRY)


# A number for each set of values, in the order of the labels' names.
Labelled = dict[tuple[str, ...], float]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Numbers that are asked for when somebody scrapes: one for each value of the labels."""

    name: str
    meaning: str
    labels: Sequence[str] = ()
    values: Labelled
    is_counter: bool = False


class _Asked(Collector):
    """Figures as the library wants them."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = list(figures)

    def collect(self) -> Iterator[Metric]:
        """One family for each figure."""
        for figure in self._figures:
            kind = CounterMetricFamily if figure.is_counter else GaugeMetricFamily
            family = kind(figure.name, figure.meaning, labels=figure.labels)
            for labels, value in sorted(figure.values.items()):
                family.add_metric(labels, value)
            yield family


def exposition(figures: Iterable[Figure] = ()) -> bytes:
    """Everything that is counted, and these figures, in the text format that Prometheus reads."""
    counted = _REGISTRY
    if _FOLDER in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]  # the library's
    asked = CollectorRegistry()
    asked.register(_Asked(figures))
    return generate_latest(counted) + generate_latest(asked)
