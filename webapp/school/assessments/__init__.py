"""設置評估: a school's zones, the cameras in them, and the second look before a washroom (KH-3-1 to KH-3-6)."""
