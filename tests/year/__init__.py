"""A whole accelerated year over a store with real lifecycle rules, watched from outside (`make year`)."""
