"""The transport of the extra `fast`: sockets, and llhttp to parse what comes over them.

`_state.py` is one connection without I/O. `_sockets.py` sends requests over connections, and makes them for
threads; `_asyncio.py` makes them for asyncio.
"""
