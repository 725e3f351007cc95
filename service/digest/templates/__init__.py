"""Templates of the two bodies of a digest; a package so that they are installed with the code."""
