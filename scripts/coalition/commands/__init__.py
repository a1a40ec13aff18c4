"""What ./run offers: check, new, compare, the analysis."""
