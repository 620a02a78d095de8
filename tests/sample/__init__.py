"""Tests of the sample that a newcomer finds."""
