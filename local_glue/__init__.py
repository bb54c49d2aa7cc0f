"""AWS services for a Glue project, on one machine: endpoint, databases, job runs, workflows, bookmarks."""
