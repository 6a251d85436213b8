"""The copy of approved footage: built, described, sealed, checked by anybody, and destroyed in time."""
