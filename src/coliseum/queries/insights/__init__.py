"""What pages say of one artist, event, track, city or fan beyond its boards and series.

Each question is one snapshot: it counts the log as far as the rollups have read, without entries that were put aside,
and says how far that is. How each number is counted stands in docs/INSIGHTS.md.
"""
