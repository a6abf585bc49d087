"""Raw files of several spectroscopies to the electronic states of one material; names are imported from their modules."""

__version__ = "0.1.0"
