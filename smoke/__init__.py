"""`make smoke`: proves a whole environment on AWS, from nothing to nothing, and asks AWS what it does not document."""
