"""Scripts that make the shipped weights and priors."""
