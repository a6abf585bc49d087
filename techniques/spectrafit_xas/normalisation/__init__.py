"""Normalised absorption, and what is read off the edge."""
