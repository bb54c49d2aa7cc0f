"""What a project asks for, put into the endpoint."""
