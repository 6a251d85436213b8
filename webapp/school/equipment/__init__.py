"""鏡頭與邊緣主機: what records, as its school sees it."""
