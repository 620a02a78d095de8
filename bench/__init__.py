"""Measures taken in one run on one machine: ratios, never absolute promises (see docs/performance.md)."""
