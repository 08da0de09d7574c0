"""Engines: what puts a request on the wire. Each file holds one HTTP library's."""
