"""Playback and hand-over: the only process that answers people and can open footage. It writes none."""
