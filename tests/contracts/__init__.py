"""One contract per kind of outside part, run against every real one."""
