"""Users and songs: from files to RDS, and from RDS to the warehouse."""
