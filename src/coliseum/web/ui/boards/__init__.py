"""The pages of leaderboards: the board with all its options, declared boards, seasons, and what a number is the sum of.

What an address asks is read by the API's own parser, and answered by the API's own readings; here it becomes rows.
"""
