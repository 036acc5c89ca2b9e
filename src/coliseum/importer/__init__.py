"""Files into the log: ``coliseum import`` reads NDJSON, CSV and Parquet and sends them through the HTTP API.

The path of one record through this package::

    opening -> formats -> mapping -> pipeline -> sender -> the server
    bytes      records    events     batches     verdicts

- ``opening`` finds out by magic bytes how a file is compressed and what is in it, and takes its fingerprint.
- ``formats`` yields records one by one, never more than a line or a row group at once.
- ``mapping`` (with ``templates``, ``casts``, ``conditions`` and ``lookups``) turns a row into events as a
  mapping file says; ``docs/IMPORT.md`` describes that language. Nothing in a mapping file is ever executed.
- ``pipeline`` keeps several batches on the way and settles them in the order in which they were read, so that
  the progress mark is always a prefix of the file: everything before it is in the log or in the rejects file.
- ``progress`` and ``rejects`` write those two files. The mark is saved after the rejects it covers are on
  disk and holds the rejects file's length, which is cut back to it on the next start: a kill between any two
  lines costs a repetition, which the server knows by its event ids, and never a loss or a double.

An event's id is the mapping's, or the event's own, or else is derived from the file's fingerprint, the
record's number and its content; it does not depend on the run.
"""
