"""Cameras that tests own: real sockets, real messages, and every way in which a camera may be wrong."""
