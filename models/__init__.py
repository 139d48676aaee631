"""Layer 1: what a mention means and whether a brand burns; heavy libraries are imported late."""
