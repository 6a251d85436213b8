"""調閱案件: the list, one case and its steps, what may be looked at, and the register."""
