"""Structured logs: a constant sentence and fields, one JSON object a line; ids, no objects, secrets or personal data.

Tenant, actor and job are bound once per request or job with `structlog.contextvars`.
"""

import logging
import sys
from typing import Any

import structlog

from infra.stream_addresses import scrubbed


def configure(*, process: str, level: int = logging.INFO) -> None:
    """Send every log line, the libraries' included, to standard error as JSON."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
                _without_passwords,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    structlog.contextvars.bind_contextvars(process=process)


def _without_passwords(_logger: object, _name: str, line: Any) -> str:  # noqa: ANN401 - structlog's word for it
    """The whole line, a traceback's included: a library may put the address that it could not open into its error."""
    return scrubbed(str(line))
