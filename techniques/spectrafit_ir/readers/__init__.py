"""Readers of infrared files; the gates of each are the same."""
