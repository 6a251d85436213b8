"""The accompanied viewing session (調閱操作台): whoever looks is never alone with the picture (KH-7-1, TY-5-4a)."""
