"""Pages of the day: sheets, marks, walk-ins, lists."""
