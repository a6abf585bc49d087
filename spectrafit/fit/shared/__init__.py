"""One fit of a series in which some parameters follow laws across it."""
