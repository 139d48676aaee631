"""What the pages read, one file a page."""
