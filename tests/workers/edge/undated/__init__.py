"""A box that knows no time (workers.edge.undated)."""
