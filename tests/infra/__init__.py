"""The outside world: each module against the real thing where there is one."""
