"""What a tenant has bought and used: usage, and the only client of Stripe."""
