"""A small fictional city to look at: one bureau, five institutions' worth of sites, two agencies, forty past days.

`python -m workers.sample_city` makes it once; a second run changes nothing. What happened in it happened through the
same audited actions as in a real city, at the times it is said to have happened; only the bulk of the old index is
written directly, and of that the store holds no objects.
"""
