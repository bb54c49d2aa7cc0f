"""Redshift: SQL made from the contracts, the connector, migrations, publishing."""
