"""The page that the box shows beside itself: green or red for each camera, and the sheet that is signed at acceptance.

A process of its own that only reads. It shows no picture, no address and no password, and loads nothing from elsewhere.
"""
