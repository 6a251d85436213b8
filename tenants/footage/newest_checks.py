"""The newest nightly look at each camera, for statements about cameras."""

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import LateralFromClause

from tenants.footage.check_models import CameraCheck
from tenants.registry.models import Camera


def newest_check(*columns: InstrumentedAttribute[Any], when: ColumnElement[bool]) -> LateralFromClause:
    """These of the newest look that fits `when`, sideways of `Camera`.

    One look into the index for each camera: a year of nights is four hundred rows of each.
    """
    of_camera = CameraCheck.tenant_id == Camera.tenant_id, CameraCheck.camera_id == Camera.id
    return select(*columns).where(*of_camera, when).order_by(CameraCheck.measured_at.desc()).limit(1).lateral()
