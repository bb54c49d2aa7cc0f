"""What every job run has: arguments, session, AWS clients, logs, errors."""
