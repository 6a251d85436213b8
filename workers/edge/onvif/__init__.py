"""What the box asks cameras by ONVIF: who answers, which streams there are, and how they are set.

Everything that comes from a camera is hostile until it was read: sizes, times and depth are bounded, nothing that it
names is opened, and no address is followed that is not the camera's own. Why no library does this: decision 0038.
"""
