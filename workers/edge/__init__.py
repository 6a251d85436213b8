"""The recorder that runs at a school. It holds no key that opens footage, and goes on for days without the city.

Imports only `infra` modules that need no database; its requirements are in `requirements.txt` beside this file.
"""

from workers.edge.lean import load_when_used

# The log's library imports it for programs that are built on it.
load_when_used("asyncio")
