"""A store and a log in the memory of one process, for tests and previews."""
