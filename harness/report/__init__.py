"""Renderings of a run: the terminal's table and the HTML report. Both read records and nothing else."""
