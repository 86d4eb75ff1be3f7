"""Ways to compute an operator that are honest by construction, and PyTorch at its other levels."""
