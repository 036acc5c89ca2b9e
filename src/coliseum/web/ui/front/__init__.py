"""What anybody sees: the first page, prices, how the system stands, what is stored of them, and what may be."""
