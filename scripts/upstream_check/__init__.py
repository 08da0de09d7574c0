"""Find, judge and explain the differences between the vendored spec and another one.

`documents` finds every difference, `policy` judges it by the provider's rules, `check` considers whether
it was a promise at all, `ours` lists our dependencies on it, and `report` writes the findings.
"""
