"""Foundations of the library; import its modules one by one.

Settings, errors, amounts, durable writes, modes of files, texts in SQL, ports, processes: nothing
of feeds, models or partners.
"""
