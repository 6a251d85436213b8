"""Every model says which of its columns hold personal data, and every moment has its person."""

import inspect
from collections.abc import Iterator, Mapping

from sqlalchemy import CheckConstraint, Column, MetaData, Table, Uuid

from infra.db import Base, db
from tests.architecture.models import PACKAGES, all_models


def unclassified(model: type[Base]) -> Iterator[str]:
    """What a model fails to say about personal data."""
    own: Mapping[str, object] = vars(model)
    if not isinstance(own.get("personal"), frozenset):
        yield f"{model.__name__}: declare `personal = frozenset({{…}})`, empty if no column holds personal data"
        return
    for name in sorted(own["personal"] - set(model.__table__.columns.keys())):  # type: ignore[operator]
        yield f"{model.__name__}.personal names {name}, which is no column"


def unpaired(table: Table) -> Iterator[str]:
    """Moments that may lack the person who acted, or the reverse: `x_at` that may be NULL beside `x_by`."""
    checks = [str(check.sqltext) for check in table.constraints if isinstance(check, CheckConstraint)]
    for column in table.columns:
        stem = column.name.removesuffix("_at")
        person = table.columns.get(f"{stem}_by")
        if column.name == stem or person is None or not column.nullable:
            continue
        if not any(column.name in check and person.name in check for check in checks):
            yield f"{table.name}: CheckConstraint('({column.name} is null) = ({person.name} is null)')"


def test_every_model_classifies_its_columns() -> None:
    assert all_models()
    wrong = [fault for model in all_models() for fault in unclassified(model)]
    assert not wrong, "\n".join(wrong)


def test_every_package_of_models_is_looked_at() -> None:
    defined = {name for package in PACKAGES for name, value in vars(package).items() if _is_model(value)}
    assert {model.__name__ for model in all_models()} == defined - {"Model"}


def _is_model(value: object) -> bool:
    return inspect.isclass(value) and issubclass(value, db.Model) and hasattr(value, "__tablename__")


def test_every_moment_has_its_person() -> None:
    wrong = [fault for table in Base.metadata.sorted_tables for fault in unpaired(table)]
    assert not wrong, "\n".join(wrong)


def test_the_guard_sees_an_unclassified_model() -> None:
    class Planted:
        __table__ = Table("planted", MetaData(), Column("name"))

    assert list(unclassified(Planted))  # type: ignore[arg-type]
    Planted.personal = frozenset({"nome"})  # type: ignore[attr-defined]
    assert list(unclassified(Planted)) == ["Planted.personal names nome, which is no column"]  # type: ignore[arg-type]


def test_the_guard_sees_a_moment_without_its_person() -> None:
    table = Table("planted", MetaData(), Column("seen_at", nullable=True), Column("seen_by", Uuid))
    assert list(unpaired(table))
    table.append_constraint(CheckConstraint("(seen_at is null) = (seen_by is null)"))
    assert not list(unpaired(table))
