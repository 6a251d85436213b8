"""Who may know where mails come back to."""

import pytest

from infra.settings import BadSettings, Process, Settings
from tests.infra.test_deploy import environment

KEY, ADDRESS = "SHOUYUAN_BOUNCE_KEY", "SHOUYUAN_BOUNCE_ADDRESS"
pytestmark = pytest.mark.req("DR-31")


@pytest.mark.parametrize("process", [process for process in Process if process is not Process.WORKER])
def test_no_other_process_may_hold_the_key(process: Process) -> None:
    with pytest.raises(BadSettings, match="BOUNCE_KEY must not be given"):
        Settings.from_env(process, environment(process) | {KEY: "k" * 32})


def test_the_worker_does_without_and_with_both_and_with_no_half() -> None:
    told = environment(Process.WORKER)
    without = {name: value for name, value in told.items() if name not in {KEY, ADDRESS}}
    assert Settings.from_env(Process.WORKER, without).bounce_key == ""
    assert Settings.from_env(Process.WORKER, told).bounce_address == told[ADDRESS]
    for half in (KEY, ADDRESS):
        with pytest.raises(BadSettings, match="together or not at all"):
            Settings.from_env(Process.WORKER, without | {half: told[half]})
    with pytest.raises(BadSettings, match="BOUNCE_KEY is shorter"):
        Settings.from_env(Process.WORKER, told | {KEY: "short"})
    with pytest.raises(BadSettings, match="BOUNCE_ADDRESS cannot be each mail's own"):
        Settings.from_env(Process.WORKER, told | {ADDRESS: "bounces+all@shouyuan.test"})
    assert told[KEY] not in repr(Settings.from_env(Process.WORKER, told))
