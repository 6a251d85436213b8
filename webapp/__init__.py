"""HTTP in, HTTP out. No SQL, no object store, no business rule."""
