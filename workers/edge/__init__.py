"""The recorder that runs at a school. It holds no key that opens footage, and goes on for days without the city.

Imports only `infra` modules that need no database; its requirements are in `requirements.txt` beside this file.
"""
