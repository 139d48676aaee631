"""What the Reddit monitor is made of: client and errors, listings and items, what is looked at again."""
