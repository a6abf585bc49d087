"""The pre-edge: peaks over a rising edge, their areas, and how many there are."""
