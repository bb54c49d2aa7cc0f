"""PostgreSQL in the place of RDS and Redshift."""
