"""What the school's pages and the operator's both say of an edge box."""

from flask import current_app

from infra import clock
from infra.age_keys import Kind
from infra.settings import Settings
from tenants.registry.models import EdgeDevice, Site
from tenants.roc_dates import format_date


def called(device: EdgeDevice, site: Site) -> str:
    """Boxes often bear the same name; where and since when tells them apart."""
    return f"{device.name}（{site.code}，{format_date(clock.civil_day(device.enrolled_at))}註冊）"


def keeps_classic(device: EdgeDevice) -> bool:
    """Whether the platform makes post-quantum keys, and this box is why its institution's day keys are not."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.key_kind is Kind.HYBRID and device.revoked_at is None and not device.takes_hybrid
