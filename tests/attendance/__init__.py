"""Tests of the attendance room."""
