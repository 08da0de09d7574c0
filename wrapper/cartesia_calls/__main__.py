"""`python -m cartesia_calls` is `cartesia-calls`."""

import sys

from .cli import main

sys.exit(main())
