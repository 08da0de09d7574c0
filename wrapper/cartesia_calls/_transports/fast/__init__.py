"""The transport of the extra `fast`: sockets, and llhttp to read what comes over them.

`_state.py` is what one connection says and hears, without I/O; `_connection.py` is a request and its
response over one; `_sockets.py` makes connections for threads, `_asyncio.py` for asyncio.
"""
