"""The command `reporter`: machine output is JSON on stdout, words for people go to stderr.

Exit codes: 0 done · 2 the input (or catalogue) is invalid · 1 anything else. A traceback never reaches the user.
One module per command, each with `add(commands)`; a command imports what it needs when it runs, so that the others
start fast. `shared` holds what they have in common.
"""

from reporter.cli.app import main

__all__ = ["main"]
