"""The one definition of each input file and warehouse table, from which everything else follows."""
