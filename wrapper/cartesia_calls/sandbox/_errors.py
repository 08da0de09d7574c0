"""The error that the sandbox raises in the program that runs it."""


class SandboxError(Exception):
    """The sandbox cannot start or serve; the message says why, and what to do next."""
