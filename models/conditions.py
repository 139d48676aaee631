"""What can be true of a rise, in the words that people read; some are what "spreading" asks for."""

DOUBLING = "may double in under 3 h"
JOINING = "two or more sources"
AUTHORS = "many authors"
NEWCOMERS = "mostly new authors"
"""Told, and not counted towards "spreading"."""
LASTING = "more negatives than usual for hours"
"""Enough for smouldering, and nothing beyond."""
