"""The demo of the workflow `streams`: users, songs and plays."""
