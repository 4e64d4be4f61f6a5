"""What every part of the library stands on; each module is an interface of its own.

Settings, errors, amounts, durable writes, modes of files, texts in SQL, ports, processes: nothing
of feeds, models or partners.
"""
