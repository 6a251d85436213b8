"""An age file (https://age-encryption.org/v1) that grows, and is whole on the disk whenever that is asked for.

Who records cannot know which second will be the last. A cut-off age file opens nothing by its own rules, and the box
has no key to mend one with. So the file lies in two parts: a body that is only ever appended to, and the chunk that
would end the file now. Body and end together are an ordinary age file.
"""

from infra.age_envelopes import Envelope
from infra.age_format import CHUNK_BYTES

# What any padding has to be able to be: the smallest box of an MP4.
_LEAST_PADDING = 8


class EndedAlready(Exception):
    """The chunk was sealed as the last one before, with other content; pad first (`Growing.padding`)."""


class Growing:
    """The parts of one file. It keeps less than two chunks of plain text, and only in memory."""

    def __init__(self, envelope: Envelope) -> None:
        self.header = envelope.header
        self._chunks = envelope.chunks()
        self._number = 0
        self._rest = b""
        self._ended: int | None = None

    @property
    def padding(self) -> int:
        """How many bytes of any content must come before the next end; 0 when none must.

        A chunk is sealed as the last one only once, since two contents under one nonce would give its key away. Where
        so little came since the last end that it would be the same chunk, something has to fill that one up.
        """
        return CHUNK_BYTES - len(self._rest) + _LEAST_PADDING if self._ended == self._number else 0

    def add(self, plain: bytes) -> list[bytes]:
        """What is to be appended to the body now: whole chunks, or none."""
        sealed, view = [], memoryview(plain)
        while len(self._rest) + len(view) > CHUNK_BYTES:  # one that is full may still be the last
            missing = CHUNK_BYTES - len(self._rest)
            sealed.append(self._chunks.sealed(self._number, self._rest + view[:missing], ends=False))
            self._rest, view = b"", view[missing:]
            self._number += 1
        self._rest += view
        return sealed

    def end(self) -> bytes:
        """The chunk that makes the body a whole file of all that was added. Raises `EndedAlready`."""
        if self._ended == self._number:
            raise EndedAlready
        self._ended = self._number
        return self._chunks.sealed(self._number, self._rest, ends=True)
