"""Layer 0: the records, ports and small services that every other package shares."""
