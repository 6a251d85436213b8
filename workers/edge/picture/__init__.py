"""Whether a camera's picture is fit to be looked at: dark, covered, moved, blurred, standing still (KH-3-8, DR-36).

One key frame an hour is decoded in a process of its own that ends with it. A few numbers are kept. No picture leaves
memory, nothing is looked for in it, no person and no face.
"""
