"""A simulated festival, played into the HTTP API by the Python client like any platform's events.

``world`` is who and what there is, ``stories`` is what fans do, ``player`` sends it at the right time.

Everything is a function of the seed and the minute: the stories of a minute, their times and their event ids are
the same in every run. The days before the start are filled with the first few stories of each of their minutes, the
present with all of them; so a second start sends again what the log already knows by its id, fills in the time in
between, and goes on. All names are invented.
"""
