"""Storm mode: more comes than the encoder can read, so a fast path reads all and the encoder a sample.

`docs/design/language.md`, "Storm mode".
"""
