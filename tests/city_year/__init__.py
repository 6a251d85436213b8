"""A year of an invented city with known answers: what happened, what must follow by the texts, and what the pages say.

`inventing` makes up schools and events from a seed, before any database; `oracle` says from them, and from none of the
product's rules, how each article stands; `writing` lets the events happen; `passing` lets the real jobs take the days;
`looking` and `screens` compare what was written down and what people read, each figure where `screens.figures` says.
"""
