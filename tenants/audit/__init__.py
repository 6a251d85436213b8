"""The chain of acts: catalogue of events, recording, verification."""
