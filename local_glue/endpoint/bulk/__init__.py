"""Redshift's COPY and UNLOAD between the warehouse and S3, which the Data API runs: PostgreSQL knows neither."""
