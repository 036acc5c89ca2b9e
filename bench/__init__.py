"""`make bench`: measures what is claimed about speed, on real servers with durable settings.

One file a claim in `bench/claims/`. The load comes from a process of its own (`bench/load.py`); what a claim is
measured against runs in the same run, in turns with it, and the ratio is that of the medians.
"""
