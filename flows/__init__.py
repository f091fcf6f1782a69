"""What a person or a schedule starts: the command line, the night, and the wiring of concrete things."""

VERSION = "0.1.0"
"""As in pyproject.toml."""
