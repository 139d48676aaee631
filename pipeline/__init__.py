"""Layer 2: composes everything; the product on one screen is `pipeline.flow`."""
