"""A file on its way to a browser, and what of it left, noted when it is over.

What is sent was recorded before, by the request, whose commit comes before the first byte. How much left is known only
when the request has been over for long, so it is noted in a transaction of its own, once, however it ends (PEP 3333).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from flask import Flask, current_app, g

from infra.db import db
from infra.tenancy import Binding, bind


@dataclass(frozen=True, kw_only=True)
class Sent:
    """How many bytes left, and whether these were all."""

    count: int
    whole: bool


class Sending:
    """The bytes, in constant memory. A chunk counts once the server asks for the next: it has taken the one before.

    `note` is called with what left, bound as `binding` says; `file` is what the chunks are made of, let go at the end.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        *,
        binding: Binding,
        note: Callable[[Sent], object],
        file: IO[bytes] | None = None,
    ) -> None:
        self._chunks, self._binding, self._note, self._file = chunks, binding, note, file
        self._app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - as Flask documents
        self._count, self._over = 0, False
        g.sending = self

    def __iter__(self) -> Iterator[bytes]:
        """Every chunk."""
        try:
            for chunk in self._chunks:
                yield chunk
                self._count += len(chunk)
            self._end(whole=True)
        finally:
            self.close()

    def close(self) -> None:
        """Called by the server also when the browser goes away in the middle."""
        self._end(whole=False)

    def call_off(self) -> None:
        """Nothing was recorded, so nothing may leave or be noted."""
        self._over = True
        self._chunks = ()
        self._let_go()

    def _end(self, *, whole: bool) -> None:
        if self._over:
            return
        self._over = True
        self._let_go()
        with self._app.app_context():
            bind(db.session, self._binding)
            self._note(Sent(count=self._count, whole=whole))
            db.session.commit()

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()


def discard(error: BaseException | None) -> None:
    """At the end of a request: call off what it began to send when its commit failed."""
    sending: Sending | None = g.get("sending")
    if error is not None and sending is not None:
        sending.call_off()
