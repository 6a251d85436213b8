"""Turns at a queue: institutions take them one after another, however much one of them has waiting (ADR 0061).

RQ's own list is the door: jobs are sent to it as RQ sends them. A worker that wants one sorts what came in into a lane
for each institution and takes the next lane's first, in one script on the server, so that nobody sees half of it.
What it took lies in RQ's intermediate list until the job has begun: a worker that dies between leaves it there, RQ's
upkeep tells it as failed, and the sweep sends it again.
"""

import json
import time
from collections.abc import Iterable, Sequence
from typing import cast

from redis import Redis
from rq import Queue as RqQueue
from rq.exceptions import DequeueTimeout, NoSuchJobError
from rq.job import Job as RqJob
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer, Serializer
from rq.timeouts import BaseDeathPenalty

LANE = "lane"  # the name in a job's meta
PLATFORM = "platform"  # the lane of jobs of no institution
CITY = "city"  # that of jobs of many institutions each: they wait for one another and no institution waits for them
# How soon an idle worker sees a job that came. RQ's blocking read would take a job out of the door, past the turns.
_LOOK_SECONDS = 0.25
# Every fourth job is looked for behind the first queue, every sixteenth behind the second, and so on: what is urgent
# goes first, and even an institution with ten thousand urgent jobs leaves the others' ordinary ones a turn.
_STEP_BACK = 4

# KEYS: the doors, in order. ARGV: the clock, the most that one lane may run at once and the most that the city's may
# (0: no limit), then for each door its intermediate list, then for each its registry of what runs. Lanes of jobs that
# vanished cost one look each.
_TAKE = """
local doors = #KEYS
local running = {}
local function lane_of(id)
  local meta = redis.call('HGET', 'rq:job:' .. id, 'meta')
  if not meta then return 'platform' end
  local read, value = pcall(cjson.decode, meta)
  return read and type(value) == 'table' and value['lane'] or 'platform'
end
local most, most_of_city = tonumber(ARGV[2]), tonumber(ARGV[3])
if most > 0 then
  for number = 1, doors do
    for _, each in ipairs(redis.call('ZRANGEBYSCORE', ARGV[3 + doors + number], ARGV[1], '+inf')) do
      local lane = lane_of(string.match(each, '^[^:]+'))
      running[lane] = (running[lane] or 0) + 1
    end
  end
end
local function may_run(lane)
  local limit = lane == 'city' and most_of_city or most
  return lane == 'platform' or limit == 0 or (running[lane] or 0) < limit
end
for number = 1, doors do
  local door = KEYS[number]
  local ring, turn = door .. ':ring', door .. ':turn'
  local id = redis.call('LPOP', door)
  while id do
    local lane = lane_of(id)
    redis.call('RPUSH', door .. ':lane:' .. lane, id)
    if not redis.call('ZSCORE', ring, lane) then redis.call('ZADD', ring, redis.call('INCR', turn), lane) end
    id = redis.call('LPOP', door)
  end
  for _, lane in ipairs(redis.call('ZRANGE', ring, 0, -1)) do
    if may_run(lane) then
      local taken = redis.call('LPOP', door .. ':lane:' .. lane)
      if redis.call('EXISTS', door .. ':lane:' .. lane) == 1 then
        redis.call('ZADD', ring, redis.call('INCR', turn), lane)
      else
        redis.call('ZREM', ring, lane)
      end
      if taken then
        redis.call('RPUSH', ARGV[3 + number], taken)
        return {number, taken}
      end
    end
  end
end
return false
"""


class SharedQueue(RqQueue):
    """RQ's queue, from which workers take in turn."""

    @classmethod
    def dequeue_any(  # noqa: PLR0917 - RQ's signature
        cls,
        queues: Iterable[RqQueue],
        timeout: int | None,
        connection: Redis,
        job_class: type[RqJob] | None = None,
        serializer: Serializer | str | None = None,
        death_penalty_class: type[BaseDeathPenalty] | None = None,
    ) -> tuple[RqJob, RqQueue] | None:
        """The next job and its queue. None when nothing waits and nobody waits for it; raises `DequeueTimeout`."""
        del job_class, serializer, death_penalty_class  # they are RQ's own and JSON everywhere here
        doors = list(queues)
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            taken = take(connection, doors)
            if taken is not None:
                return taken
            if end is None:
                return None
            if time.monotonic() >= end:
                raise DequeueTimeout(timeout, [door.key for door in doors])
            time.sleep(_LOOK_SECONDS)


def take(connection: Redis, doors: Sequence[RqQueue]) -> tuple[RqJob, RqQueue] | None:
    """The next job of the first queue that has one for a lane that may run one more. None when there is none."""
    names = [door.key for door in doors]
    script = connection.register_script(_TAKE)
    while True:
        workers = int(connection.scard("rq:workers"))
        limits = [most_at_once(workers), most_of_city(workers)]
        doors_own = [*(door.intermediate_queue_key for door in doors), *(_registry(door) for door in doors)]
        found = script(keys=names, args=[time.time(), *limits, *doors_own])
        if found is None:
            return None
        door, job_id = doors[int(found[0]) - 1], found[1].decode()
        try:
            return RqJob.fetch(job_id, connection=connection, serializer=JSONSerializer), door
        except NoSuchJobError:  # it was deleted while it waited
            connection.lrem(door.intermediate_queue_key, 1, job_id)


def most_at_once(workers: int) -> int:
    """How many jobs of one institution may run at once: all but one of the workers; 0, no limit, where there is one.

    So an institution whose jobs each take an hour never holds the last worker.
    """
    return workers - 1 if workers > 1 else 0


def most_of_city(workers: int) -> int:
    """How many jobs of many institutions may run at once: as above, but of two workers both.

    The city's night is for two cores, and each of its jobs is over in seconds: an urgent one that comes meanwhile is
    the next that is taken.
    """
    return workers - 1 if workers > 2 else 0  # noqa: PLR2004 - see above


def looked_for(queues: Sequence[RqQueue], taken: int) -> list[RqQueue]:
    """In which order to look for the next job when so many were taken."""
    back = 0
    while taken and taken % _STEP_BACK == 0 and back < len(queues) - 1:
        taken, back = taken // _STEP_BACK, back + 1
    return [*queues[back:], *queues[:back]]


def _registry(door: RqQueue) -> str:
    return str(StartedJobRegistry(queue=door).key)


def waiting(door: RqQueue) -> dict[str, list[str]]:
    """The ids of the jobs that wait at one queue by lane, each in its order, whether sorted in already or not."""
    connection = door.connection
    known = [lane.decode() for lane in cast("list[bytes]", connection.zrange(f"{door.key}:ring", 0, -1))]
    pipeline = connection.pipeline(transaction=False)
    for lane in known:
        pipeline.lrange(f"{door.key}:lane:{lane}", 0, -1)
    sorted_in = zip(known, pipeline.execute(), strict=True)
    found = {lane: [each.decode() for each in ids] for lane, ids in sorted_in if ids}
    at_door = door.get_job_ids()
    for job_id, lane in zip(at_door, lanes(connection, at_door), strict=True):
        found.setdefault(lane, []).append(job_id)
    return found


def lanes(connection: Redis, job_ids: Sequence[str]) -> list[str]:
    """The lane of each job, read in one round trip."""
    pipeline = connection.pipeline(transaction=False)
    for job_id in job_ids:
        pipeline.hget(RqJob.key_for(job_id), "meta")
    return [str(json.loads(meta).get(LANE, PLATFORM)) if meta else PLATFORM for meta in pipeline.execute()]
