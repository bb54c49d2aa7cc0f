"""Judges the calls of job runs by the policies of the job's role, once IAM has that role."""
