"""The words of the simulator, one module per trade, and what all trades share."""
