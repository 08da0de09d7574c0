"""A client as the options and the environment say."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cartesia_calls import Client

if TYPE_CHECKING:
    import argparse


def open_client(arguments: argparse.Namespace) -> Client:
    """Return a client; with `--verbose` its retries are told of on stderr.

    Raises:
        ConfigurationError: There is no key, or a setting is wrong.
    """
    if arguments.verbose:
        logging.basicConfig(format="%(message)s")
        logging.getLogger("cartesia_calls").setLevel(logging.INFO)
    return Client(base_url=arguments.base_url, api_version=arguments.api_version)
