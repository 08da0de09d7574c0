"""Transports: each sends one request and returns one response, over one HTTP library."""
