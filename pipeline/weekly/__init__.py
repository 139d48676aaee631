"""The weekly page: collected from the store, written, kept, sent and scheduled."""
