"""What `benchmarks/verdicts.py` scores verdicts on: operators, honest ways to compute them, faults, and rival rules."""
