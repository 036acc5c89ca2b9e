"""The contracts: what an event may say, checked and put into one canonical form. Pure: no I/O, no clock.

The path of one event through this package::

    bytes -> decode.decode_event -> a struct of catalogue.Event -> record.to_record -> the log's typed columns

``fields`` holds the field types and their limits, ``contract`` what every event has in common, and one module
a category (``concierto``, ``treasury``, ``votes``, ``player``, ``social``, ``catalog``, ``privacy``) the
events themselves. Adding an event type is one class in its category's module and one line in ``catalogue``;
the JSON Schema, the TypeScript types and the docs table follow by ``python -m coliseum.events.generate``.
"""
