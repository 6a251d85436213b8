"""Merkle trees against RFC 6962: the definition, the reference vectors of Certificate Transparency, and what is wrong.

Paths are checked by a verifier of RFC 9162 and, apart from it, against the recursive definitions written out here.
"""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.audit.merkle import Frontier, Growth, NotProven, leaf_hash, node_hash, verify_consistency, verify_inclusion

pytestmark = pytest.mark.req("DR-06")

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
# (leaf from 0, size): path
PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
# (earlier size, later size): proof
GROWTHS = {
    (1, 8): PATHS[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): PATHS[1, 5][1:],
}
sizes = st.integers(min_value=1, max_value=70)


def data(size: int) -> list[bytes]:
    return [bytes([number]) for number in range(size)]


def edge(leaves: Sequence[bytes]) -> Frontier:
    return Frontier().extended(leaves)


def split(size: int) -> int:
    return max(1 << bit for bit in range(8) if 1 << bit < size)


def root_by_definition(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaf_hash(leaves[0]) if leaves else bytes.fromhex(ROOTS[0])
    k = split(len(leaves))
    return node_hash(root_by_definition(leaves[:k]), root_by_definition(leaves[k:]))


def path_by_definition(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path_by_definition(m, leaves[:k]), root_by_definition(leaves[k:])]
    return [*path_by_definition(m - k, leaves[k:]), root_by_definition(leaves[:k])]


def growth_by_definition(m: int, leaves: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [root_by_definition(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*growth_by_definition(m, leaves[:k], whole=whole), root_by_definition(leaves[k:])]
    return [*growth_by_definition(m - k, leaves[k:], whole=False), root_by_definition(leaves[:k])]


@pytest.mark.parametrize(("size", "root"), ROOTS.items())
def test_the_roots_of_the_reference_leaves(size: int, root: str) -> None:
    assert edge(LEAVES[:size]).root().hex() == root
    assert Growth(Frontier(), LEAVES[:size]).root().hex() == root


@pytest.mark.parametrize(("place", "path"), PATHS.items())
def test_the_paths_of_the_reference_leaves(place: tuple[int, int], path: list[str]) -> None:
    index, size = place
    found = Growth(Frontier(), LEAVES[:size]).path(index)
    assert [node.hex() for node in found] == path
    verify_inclusion(LEAVES[index], index=index, size=size, path=found, root=bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("pair", "proof"), GROWTHS.items())
def test_the_growths_of_the_reference_leaves(pair: tuple[int, int], proof: list[str]) -> None:
    size, later = pair
    found = Growth(edge(LEAVES[:size]), LEAVES[size:later]).consistency()
    assert [node.hex() for node in found] == proof


@pytest.mark.parametrize("size", range(1, 71))
def test_every_leaf_of_every_size_is_proven_from_any_edge_before_it(size: int) -> None:
    leaves = data(size)
    root = root_by_definition(leaves)
    for known in {0, size // 3, size // 2, size - 1}:
        tree = Growth(edge(leaves[:known]), leaves[known:])
        assert (tree.size, tree.root()) == (size, root)
        for index in range(known, size):
            path = tree.path(index)
            assert path == path_by_definition(index, leaves)
            verify_inclusion(leaves[index], index=index, size=size, path=path, root=root)


@pytest.mark.parametrize("later", range(1, 71))
def test_every_beginning_of_every_size_is_proven(later: int) -> None:
    leaves = data(later)
    for size in range(1, later + 1):
        tree = Growth(edge(leaves[:size]), leaves[size:])
        path = tree.consistency()
        assert path == growth_by_definition(size, leaves)
        verify_consistency(
            size=size, root=edge(leaves[:size]).root(), later_size=later, later_root=tree.root(), path=path
        )


@given(parts=st.lists(st.lists(st.binary(max_size=4), max_size=12), max_size=8))
def test_an_edge_that_is_kept_and_extended_is_that_of_the_whole(parts: list[list[bytes]]) -> None:
    grown = Frontier()
    for part in parts:
        grown = Frontier.unpacked(grown.size, grown.packed()).extended(iter(part))
    leaves = [leaf for part in parts for leaf in part]
    assert grown == edge(leaves)
    assert grown.root() == root_by_definition(leaves)
    assert len(grown.nodes) == len(leaves).bit_count()


@given(size=sizes, at=st.data())
def test_nothing_else_is_proven_by_a_path(size: int, at: st.DataObject) -> None:
    leaves = data(size)
    index = at.draw(st.integers(0, size - 1))
    path, root = Growth(Frontier(), leaves).path(index), edge(leaves).root()
    wrong = [
        {"leaf": b"x"},
        {"index": at.draw(st.integers(-1, size).filter(lambda other: other != index))},
        {"root": leaf_hash(root)},
        {"path": [*path, root]},
        {"path": path[:-1] if path else [root]},
        {"path": [leaf_hash(b"x"), *path[1:]]},
    ]
    for changes in wrong:
        told = {"leaf": leaves[index], "index": index, "size": size, "path": path, "root": root} | changes
        with pytest.raises(NotProven):
            verify_inclusion(told.pop("leaf"), **told)  # type: ignore[arg-type]


@given(later=st.integers(2, 70), at=st.data())
def test_no_other_tree_is_shown_to_be_a_beginning(later: int, at: st.DataObject) -> None:
    leaves = data(later)
    size = at.draw(st.integers(1, later - 1))
    changed = at.draw(st.integers(0, size - 1))
    before = [*leaves[:changed], b"changed", *leaves[changed + 1 : size]]
    told = {
        "size": size,
        "root": edge(leaves[:size]).root(),
        "later_size": later,
        "later_root": edge(leaves).root(),
        "path": Growth(edge(leaves[:size]), leaves[size:]).consistency(),
    }
    wrong: list[dict[str, object]] = [
        {"root": edge(before).root()},
        {"later_root": edge(before).root()},
        {"size": later},
        {"size": 0},
        {"path": []},
        {"path": [*told["path"], told["root"]]},  # type: ignore[misc]
        {"path": told["path"][:-1]},  # type: ignore[index]
    ]
    for changes in wrong:
        with pytest.raises(NotProven):
            verify_consistency(**(told | changes))  # type: ignore[arg-type]


def test_a_leaf_that_only_the_edge_knows_cannot_be_proven() -> None:
    tree = Growth(edge(LEAVES[:5]), LEAVES[5:])
    for index in (-1, 0, 4, 8):
        with pytest.raises(IndexError):
            tree.path(index)


@pytest.mark.parametrize(("size", "packed"), [(1, b""), (0, b"x" * 32), (3, b"x" * 32), (4, b"x" * 31)])
def test_an_edge_of_the_wrong_length_is_refused(size: int, packed: bytes) -> None:
    with pytest.raises(ValueError, match="the edge of a tree"):
        Frontier.unpacked(size, packed)
