"""What is counted, and over which stretches of time. Pure: no I/O, no clock.

``registry`` declares the metrics, one line each; ``windows`` knows where hours, days, weeks and months begin in a
tenant's zone.
"""
