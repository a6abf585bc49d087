"""The velocity drive: channels of a counter, their velocities, and the calibration with iron."""
