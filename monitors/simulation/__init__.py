"""What the simulator is made of: scenarios, how much is said when, and the words."""
