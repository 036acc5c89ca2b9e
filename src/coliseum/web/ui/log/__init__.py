"""The debugger: entries as they arrive, what was refused and what to do about it, and what stands aside."""
