"""The pages by which people come in and out: log-in, sign-up, their account, and the choice of a tenant."""
