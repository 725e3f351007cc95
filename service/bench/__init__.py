"""Measuring what the program does, beside what others do with the same input in the same run.

Nothing here is needed to run the service. The labelled data and the saved pages lie beside the
project and are never copied into it; the libraries we are measured against are of development.
"""
