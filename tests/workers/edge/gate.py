"""A line between the box and a server that can be cut and mended, as an outage does."""

from tests.lines import Line


class Gate(Line):
    """A loopback port that leads to another one while the gate is open."""
