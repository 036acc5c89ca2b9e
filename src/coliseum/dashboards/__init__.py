"""Dashboards: questions that a tenant keeps and looks at together, and public links to them."""
