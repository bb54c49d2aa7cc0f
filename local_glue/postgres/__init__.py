"""PostgreSQL, which stands in for RDS and Redshift."""
