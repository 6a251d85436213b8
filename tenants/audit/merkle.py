"""Merkle trees as RFC 6962 section 2.1 defines them, over SHA-256. Pure: the only implementation in the product.

Three things come out of a tree: its root, the path that shows one leaf to be in it, and the path that shows a smaller
tree to be its beginning. A tree that only grows is kept as its right edge (`Frontier`), some twenty hashes for a
million leaves, so that a day's work costs what the day added and not what the years before did.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HASH_BYTES = 32
# What keeps a node from being shown as a leaf.
LEAF, NODE = b"\x00", b"\x01"


class NotProven(Exception):
    """The path does not lead to the root: the leaf is not in that tree, or one tree does not begin with the other."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node above two others."""
    return hashlib.sha256(NODE + left + right).digest()


def root_of_hashes(level: bytes) -> bytes:
    """The root over leaves whose hashes lie one after another; of none it is the hash of nothing.

    Level by level, which is several times as quick as growing an edge. One that is left over goes up as it is, which is
    where RFC 6962 divides a tree.
    """
    if not level:
        return hashlib.sha256(b"").digest()
    made, pair = hashlib.sha256, 2 * HASH_BYTES
    while len(level) > HASH_BYTES:
        whole = len(level) - len(level) % pair
        nodes = [made(NODE + level[start : start + pair]).digest() for start in range(0, whole, pair)]
        level = b"".join(nodes) + level[whole:]
    return level


@dataclass(frozen=True)
class Frontier:
    """The right edge of a tree: the hash of each complete subtree, the largest first. All that growing needs."""

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def extended(self, leaves: Iterable[bytes]) -> "Frontier":
        """The edge after these leaves, in memory that grows with the logarithm of the tree."""
        size, nodes = self.size, list(self.nodes)
        for leaf in leaves:
            node, filled = leaf_hash(leaf), size
            while filled & 1:
                node = node_hash(nodes.pop(), node)
                filled >>= 1
            nodes.append(node)
            size += 1
        return Frontier(size, tuple(nodes))

    def root(self) -> bytes:
        """The tree's root. Of an empty tree it is the hash of nothing."""
        if not self.nodes:
            return hashlib.sha256(b"").digest()
        *larger, root = self.nodes
        for left in reversed(larger):
            root = node_hash(left, root)
        return root

    def packed(self) -> bytes:
        """The hashes one after another; with the size they are the whole edge."""
        return b"".join(self.nodes)

    @classmethod
    def unpacked(cls, size: int, packed: bytes) -> "Frontier":
        """The edge that was packed. Raises `ValueError` when a tree of this size has another number of hashes."""
        if len(packed) != HASH_BYTES * size.bit_count():
            raise ValueError(f"the edge of a tree of {size} is not {len(packed)} bytes")
        starts = range(0, len(packed), HASH_BYTES)
        return cls(size, tuple(packed[start : start + HASH_BYTES] for start in starts))


class Growth:
    """A tree of whose beginning only the edge is known, and every leaf since: enough to prove what is new in it."""

    def __init__(self, base: Frontier, leaves: Iterable[bytes]) -> None:
        """Hash the new leaves."""
        self._base = base.size
        self._leaves = [leaf_hash(leaf) for leaf in leaves]
        self._complete: dict[tuple[int, int], bytes] = {}
        start = 0
        for node in base.nodes:
            end = start + (1 << ((base.size - start).bit_length() - 1))
            self._complete[start, end] = node
            start = end
        self.size = base.size + len(self._leaves)

    def root(self) -> bytes:
        """The root of the whole tree."""
        return self._subtree(0, self.size) if self.size else Frontier().root()

    def path(self, index: int) -> list[bytes]:
        """The audit path of a new leaf, from the leaf up (section 2.1.1). Raises `IndexError` for any other leaf."""
        if not self._base <= index < self.size:
            raise IndexError(f"leaf {index} is not among those after {self._base} and before {self.size}")
        start, end, path = 0, self.size, []
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._subtree(middle, end))
                end = middle
            else:
                path.append(self._subtree(start, middle))
                start = middle
        return path[::-1]

    def consistency(self) -> list[bytes]:
        """The proof that the tree begins with the one whose edge was given (section 2.1.2)."""
        start, end, path, is_edge = 0, self.size, [], True
        if not 0 < self._base < self.size:
            return []
        while self._base != end:
            middle = start + _split(end - start)
            if self._base <= middle:
                path.append(self._subtree(middle, end))
                end = middle
            else:
                path.append(self._subtree(start, middle))
                start, is_edge = middle, False
        if not is_edge:
            path.append(self._subtree(start, end))
        return path[::-1]

    def _subtree(self, start: int, end: int) -> bytes:
        known = self._complete.get((start, end))
        if known is not None:
            return known
        if end - start == 1:
            return self._leaves[start - self._base]
        middle = start + _split(end - start)
        return node_hash(self._subtree(start, middle), self._subtree(middle, end))


def verify_inclusion(leaf: bytes, *, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raise `NotProven` unless the leaf is in the tree of this root, at this place (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        raise NotProven("no such place in the tree")
    place, last, node = index, size - 1, leaf_hash(leaf)
    for sibling in path:
        if last == 0:
            raise NotProven("the path is too long")
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    if last or node != root:
        raise NotProven("the path does not lead to the root")


def verify_consistency(*, size: int, root: bytes, later_size: int, later_root: bytes, path: Sequence[bytes]) -> None:
    """Raise `NotProven` unless the later tree begins with the earlier one (RFC 9162 section 2.1.4.2)."""
    if size == later_size and not path and root == later_root:
        return
    if not 0 < size < later_size or not path:
        raise NotProven("no such pair of trees")
    nodes = list(path) if size.bit_count() > 1 else [root, *path]
    place, last = size - 1, later_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    earlier = later = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise NotProven("the path is too long")
        if place & 1 or place == last:
            earlier, later = node_hash(node, earlier), node_hash(node, later)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            later = node_hash(later, node)
        place, last = place >> 1, last >> 1
    if last or earlier != root or later != later_root:
        raise NotProven("the later tree does not begin with the earlier one")


def _split(size: int) -> int:
    """The largest power of two below a size: where RFC 6962 divides a tree."""
    return 1 << ((size - 1).bit_length() - 1)
