"""Playback and hand-over over HTTP."""
