"""機構名冊: many institutions opened or changed by one table, after a dry run that changes nothing."""
