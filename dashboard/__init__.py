"""Layer 2: the board; reads the store and records what people do."""
