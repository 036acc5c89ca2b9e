"""What a board is: its name and place in Valkey, and its exact content as the rollups have it.

Both sides use this: the projection that keeps live boards, and the reader that answers from them or, while a board
is not live, from the rollups.
"""
