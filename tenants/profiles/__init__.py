"""Each regulation as data: parameters, effective dates, and the article behind each (DR-10)."""
