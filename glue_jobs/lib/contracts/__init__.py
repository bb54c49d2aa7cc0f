"""What the input files and the warehouse's tables are: one definition each, from which all else follows."""
