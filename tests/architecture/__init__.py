"""The repository checks itself. One file a guard; what a failure prints says what to write instead.

A guard that cannot fail is worth nothing, so each has a test beside it that plants a violation and sees it found.
"""
