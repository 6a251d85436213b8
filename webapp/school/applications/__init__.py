"""調閱申請單 of insiders: the list, one application and its steps."""
