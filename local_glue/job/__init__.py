"""What a job's process has: the stand-in for awsglue, its sources and sinks."""
