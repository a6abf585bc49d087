"""`python -m spectrafit.cli`."""

from spectrafit.cli.main import main

main()
