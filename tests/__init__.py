"""The tests; pytest's compiled ones are kept whatever the environment says, for they are half the time of a collection."""

import sys

sys.dont_write_bytecode = False
