"""The console of a viewing session (調閱操作台)."""
