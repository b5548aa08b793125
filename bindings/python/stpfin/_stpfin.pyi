# The C library through SWIG, function by function: bindings/swig/*.i says their shapes.
from typing import Any

def __getattr__(name: str) -> Any: ...
