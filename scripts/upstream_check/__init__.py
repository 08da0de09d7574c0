"""Find, judge and explain the differences between the vendored spec and another one.

`documents` sees every difference, `policy` judges by the provider's rules, `check` by what was a
promise at all, `ours` holds what depends on it, `report` writes it down.
"""
