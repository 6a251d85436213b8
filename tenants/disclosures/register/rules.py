"""What a line of the register must say, as pure rules."""

from tenants.errors import Invalid


def check_accessor(*, name: str, title: str) -> None:
    """Raise `Invalid`, with the field, unless the register can say who it was (KH-7-3)."""
    if not name.strip():
        raise Invalid("請填寫調閱者姓名。", field="name")
    if not title.strip():
        raise Invalid("請填寫調閱者職稱，登記簿應記載單位職稱。", field="title")
