"""What a member of a tenant sees first: six numbers of a stretch of time, how they moved, and what moves now."""
