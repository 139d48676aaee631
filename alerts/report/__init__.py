"""The weekly page for executives: its sentences, its HTML, its PDF, and the way it is sent."""
