"""The sets of operators and functions, in the order they were written in: which cases each has."""
