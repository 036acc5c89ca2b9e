"""The query page, dashboards, and what public links show."""
