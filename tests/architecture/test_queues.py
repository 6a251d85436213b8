"""Every queue is listened to, and every job's name is a function: neither list forgets what the other says."""

import ast
import importlib
from collections.abc import Callable, Iterable, Iterator

import pytest

from infra.queues import QUEUE_OF, TIMEOUT_SECONDS, Job, Queue
from tests.architecture.source import ROOT, Module, modules

PROCFILE = ROOT / "Procfile"
LISTENER = "workers.main"
DECORATORS = {"tenant_job", "fan_out_job"}


def listened_to(procfile: str) -> set[str]:
    """The queues that some process of the Procfile names after `workers.main`."""
    commands = [line.split(LISTENER, 1)[1] for line in procfile.splitlines() if LISTENER in line]
    return {word for command in commands for word in command.split()}


def resolve(name: str) -> Callable[..., object]:
    """The function of a job's name. Raises when there is none."""
    module, _, function = name.rpartition(".")
    found: Callable[..., object] = getattr(importlib.import_module(module), function)
    return found


def job_functions(found: Iterable[Module]) -> Iterator[str]:
    """Functions that are decorated as jobs."""
    for module in found:
        for function in module.functions():
            names = {n.id for d in function.decorator_list for n in ast.walk(d) if isinstance(n, ast.Name)}
            if names & DECORATORS:
                yield f"{module.name}.{function.name}"


def test_every_queue_has_a_process_and_every_process_a_queue() -> None:
    heard = listened_to(PROCFILE.read_text(encoding="utf-8"))
    assert heard == {queue.value for queue in Queue}, f"name the queues after `{LISTENER}` in the Procfile"


def test_every_job_has_a_queue_and_every_queue_a_limit() -> None:
    assert QUEUE_OF.keys() == set(Job), "add the job to infra.queues.QUEUE_OF"
    assert TIMEOUT_SECONDS.keys() == set(Queue), "add the queue to infra.queues.TIMEOUT_SECONDS"


@pytest.mark.parametrize("job", Job, ids=lambda job: str(job.value))
def test_every_job_name_is_a_function(job: Job) -> None:
    assert callable(resolve(job.value))


def test_every_job_function_has_a_name_in_the_catalogue() -> None:
    functions = set(job_functions(modules("workers")))
    assert functions == {job.value for job in Job}, "infra.queues.Job lists every job, and nothing else is one"


def test_the_guards_see_a_planted_fault() -> None:
    assert listened_to(f"worker: python -m {LISTENER} default\nweb: flask run") == {"default"}
    planted = Module.of("workers.planted_jobs", "@tenant_job\ndef unlisted(): ...\n\n@cache\ndef other(): ...\n")
    assert list(job_functions([planted])) == ["workers.planted_jobs.unlisted"]
    with pytest.raises(AttributeError):
        resolve("workers.job.no_such_job")
