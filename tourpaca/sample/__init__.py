"""What a newcomer finds in an empty house: the tour of 2017-2018, finished and published, and the same one to come."""
