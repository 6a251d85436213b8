"""`make bench-edge`: what the recorder costs, beside as many `ffmpeg -c copy -f segment`."""
