"""檢查、保養與每夜抽驗: when a site is to be looked through, what was found, and by whom (KH 點八, TY 參三, 陸一)."""
