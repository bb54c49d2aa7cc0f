"""The generated input of the workflow `sparkify`: event logs of an app and song files."""
