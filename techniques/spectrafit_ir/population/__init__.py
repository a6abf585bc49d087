"""What a series says about populations, and what it leaves open."""
