"""From observables to the states of a material; knows keys, never techniques."""
