"""What moved between the vendored spec and another one: seen, judged and explained.

`documents` sees every difference, `redocly` is a second pair of eyes, `policy` judges by the
provider's rules, `impact` finds in the code what depends on it, `report` writes it down.
"""
