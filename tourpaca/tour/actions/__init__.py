"""What can be done to the programme; one file a kind of thing, one public function an act."""
