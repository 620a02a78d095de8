"""Measures of the house, each beside a reference taken in the same run on the same machine: only ratios are read."""
