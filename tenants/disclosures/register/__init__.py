"""The access register (附件2): one numbered book for each institution and 民國 year."""
