"""Jobs, the worker and the schedule."""
