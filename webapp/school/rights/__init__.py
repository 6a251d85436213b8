"""個人資料權利: what persons ask about their own data, apart from the two doors to footage (DR-28)."""
