"""The recorder: its parts by themselves, and the whole box against real cameras, a real web app and a real store."""
