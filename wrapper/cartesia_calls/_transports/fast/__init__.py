"""The transport of the extra `fast`: sockets, and llhttp to read what comes over them.

`_state.py` is what one connection says and hears, without I/O; `_transport.py` sends requests over
connections; `_sockets.py` makes them for threads, `_asyncio.py` for asyncio.
"""
