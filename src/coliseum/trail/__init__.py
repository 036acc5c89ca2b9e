"""The audit trail: who did what, when, from where. Added to and never changed; each entry vouches for those before."""
