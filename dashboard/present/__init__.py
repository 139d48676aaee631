"""Turns what the store knows into what a page shows: words, figures and spans, no drawing."""
