"""A store that is only given things. The real stores are behind the tests of media and worker."""

from dataclasses import dataclass, field


@dataclass
class Shelf:
    """What the store was given, by key."""

    objects: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, data: bytes) -> None:
        """Keep it."""
        self.objects[key] = data
