"""Layer 1: from an incident to a person who acts."""
