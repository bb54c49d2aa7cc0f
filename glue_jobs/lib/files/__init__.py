"""Files in S3: their ledger, how they are copied, and where rejected ones go."""
