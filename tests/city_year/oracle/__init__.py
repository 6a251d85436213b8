"""What must follow from a year's events by the words of the texts, in code that shares no rule with the product.

Where a text speaks of 應 a breach is unmet; where it speaks of 宜, or is silent, it is advice. `told_at` is the moment
of which the answer is given: what was not known by then is not in it.
"""
