"""Which process may know the time-stamping authority, and what is no address of one."""

import pytest

from infra.settings import BadSettings, Process, Settings
from tests.infra.test_deploy import environment

pytestmark = pytest.mark.req("DR-07")
NAME = "SHOUYUAN_TSA_URL"


@pytest.mark.parametrize("process", sorted(set(Process) - {Process.WORKER}))
def test_no_process_but_the_worker_may_be_told_of_it(process: Process) -> None:
    with pytest.raises(BadSettings, match="TSA_URL must not be given"):
        Settings.from_env(process, environment(process) | {NAME: "https://user:secret@timestamps.example"})


def test_a_worker_starts_with_it_and_without_it_and_not_with_a_wrong_one() -> None:
    told = environment(Process.WORKER)
    assert Settings.from_env(Process.WORKER, told).tsa_url == "https://timestamps.example"
    with pytest.raises(BadSettings, match="TSA_URL is no HTTP address"):
        Settings.from_env(Process.WORKER, told | {NAME: "timestamps.example"})
    told.pop(NAME)
    assert Settings.from_env(Process.WORKER, told).tsa_url == ""
