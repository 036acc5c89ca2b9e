"""Tenants and their write keys: who is calling, and for whom."""
