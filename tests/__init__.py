"""Tests mirror the rooms; journeys walk through the doors with a browser."""
