"""Corrects moto where it behaves differently from AWS."""
