"""`make erase`: erases a user from the local stack, or from an environment on AWS."""
