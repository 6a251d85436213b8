"""保存與銷毀: what is kept and until when, by which policy, what is held, what is gone and what nobody knows."""
