"""What the forms of the team share: fields, rows, the page of differences, undoing."""
