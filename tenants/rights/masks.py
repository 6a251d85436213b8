"""What of its footage a request shows or gives, and what is hidden in it. Pure: data in, data out (DR-28)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from infra.masking import Box
from tenants.errors import Invalid

MOST_BOXES = 60


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The span in microseconds since 1970, half-open; whether its sound goes along; and the rectangles that hide."""

    from_us: int
    until_us: int
    sound: bool = False
    boxes: tuple[Box, ...] = ()

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Plan":
        """As `to_json` wrote it down."""
        boxes = tuple(Box(**each) for each in kept["boxes"])
        return cls(from_us=kept["from_us"], until_us=kept["until_us"], sound=kept["sound"], boxes=boxes)

    def to_json(self) -> dict[str, Any]:
        """For a row, in one spelling."""
        return asdict(self) | {"boxes": [asdict(box) for box in self.boxes]}

    @property
    def sha256(self) -> str:
        """What stands for it in the chain, as hexadecimal: whoever has the row can work it out again."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()


def check_plan(plan: Plan, *, asked_us: tuple[int, int]) -> None:
    """Raise `Invalid` with the form's field unless it lies in what was asked and each rectangle in its time."""
    if not asked_us[0] <= plan.from_us < plan.until_us <= asked_us[1]:
        raise Invalid("提供的起訖時間應在請求的時段內，且迄時晚於起時。請重新填寫。", field="from_time")
    if len(plan.boxes) > MOST_BOXES:
        raise Invalid(f"遮蔽範圍最多{MOST_BOXES}個。請合併相鄰的範圍。", field="boxes")
    for number, box in enumerate(plan.boxes, 1):
        begins, ends = box.from_us or plan.from_us, box.until_us or plan.until_us
        if not (begins < plan.until_us and ends > plan.from_us):
            raise Invalid(f"第{number}個遮蔽範圍的時間不在提供的時段內。請修改或刪除。", field="boxes")
