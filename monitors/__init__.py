"""Layer 1: sources of mentions; one file each, on loops that are written once."""
