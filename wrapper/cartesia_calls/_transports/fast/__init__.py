"""The transport of the extra `fast`: sockets, and llhttp to parse what comes over them.

`_state.py` is what one connection says and hears, without I/O; `_sockets.py` sends requests over one, and
makes connections for threads; `_asyncio.py` makes them for asyncio.
"""
