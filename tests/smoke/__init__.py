"""`python -m tests.smoke`: the main job on a live camera from end to end, looked at from outside."""
