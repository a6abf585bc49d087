"""X-ray absorption at the K edge: XANES and HERFD."""
