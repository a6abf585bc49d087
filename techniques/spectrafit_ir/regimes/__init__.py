"""Where a series changes abruptly, as an interval between two temperatures."""
