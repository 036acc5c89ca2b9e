"""The catalogue's editor: lists, one entity with its history, and files of many."""
