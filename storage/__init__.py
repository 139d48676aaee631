"""Layer 1: the only package that knows where things are kept."""
