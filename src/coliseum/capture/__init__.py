"""Capture: from bytes to entries in the log, or to a refusal that says why.

``pipeline`` is the literal list of steps; ``segment`` speaks the Segment HTTP API; ``callers`` says who may write
for whom; ``tally`` counts what was refused.
"""
