"""The server's config now, asked for by a command. Not in `configuration`, which cameras import without a client."""

from workers.edge import configuration
from workers.edge.api import Api
from workers.edge.configuration import Config
from workers.edge.home import Home


def newest_config(home: Home) -> Config:
    """The server's config now, kept as well. Raises `NotEnrolled`, `Unavailable` or `Refused`."""
    return configuration.keep(home, Api(home.identity(), home.device_key()).get("/config"))
