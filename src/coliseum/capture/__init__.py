"""Capture: from bytes to entries in the log, or to a refusal that says why.

``pipeline`` is the literal list of steps; ``gates`` are what an event passes by itself, and ``enrich`` what it
needs of the log; ``segment`` speaks the Segment HTTP API; ``tally`` counts what was refused.
"""
