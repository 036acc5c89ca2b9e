"""The pages of a tenant's settings: they show what the API reads, and change by what the API takes."""
