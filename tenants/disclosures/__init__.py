"""Who may see footage, through which door, and what left: cases, copies and the access register.

`official` is the door of public agencies; `packages` the copy of approved footage; `register` the book in which every
access stands. What lies here belongs to every case. Named disclosures and never requests, which is what HTTP and its
libraries call their own things.
"""
