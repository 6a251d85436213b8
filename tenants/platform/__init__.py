"""What stands still on the platform: jobs that fail, chains that are not anchored, a store that is not swept."""
