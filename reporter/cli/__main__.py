"""`python -m reporter.cli`."""

import sys

from reporter.cli.app import main

sys.exit(main())
