"""One institution against another: every table, job and route, with real commits.

Real commits, because a test that wraps itself in a transaction hides exactly the fault that matters (`test_facts`).
"""
