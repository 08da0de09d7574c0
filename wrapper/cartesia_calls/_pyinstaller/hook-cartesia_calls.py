"""The modules that are imported by a name made at run time, and the sandbox's data."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

hiddenimports = [
    # Those whose extra is not installed can't be imported, and are left out.
    *collect_submodules("cartesia_calls", on_error="ignore"),
    *collect_submodules("cartesia_api"),
]
datas = collect_data_files("cartesia_calls")
