"""The log: JSON, one event a line, names of events and ids only.

What a person typed or a patient is called is not there: no address, no message of an exception (of a defect, its kind
and the places it went through), and of the messages of libraries only the pattern, not what was put in.
"""

from __future__ import annotations

import json
import logging
import time
import traceback
from typing import Any, TextIO

FIELD = "event"
_OURS = "reporter"


class Json(logging.Formatter):
    """One JSON object a line."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, event, its fields, and where a defect is."""
        moment = f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03}Z"
        said: dict[str, Any] = {"time": moment, "level": record.levelname, "event": str(record.msg)}
        if record.name.partition(".")[0] != _OURS:
            said["logger"] = record.name
        said |= getattr(record, FIELD, {})
        kind, error, trace = record.exc_info or (None, None, None)
        if kind is not None and error is not None:
            places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in traceback.extract_tb(trace)]
            said |= {"error": kind.__name__, "at": places}
        return json.dumps(said)


def handler(stream: TextIO) -> logging.Handler:
    """Writes events as JSON."""
    made = logging.StreamHandler(stream)
    made.setFormatter(Json())
    return made


def to_stream(stream: TextIO, level: str = "info") -> None:
    """Everything that is logged, ours and that of libraries (from warnings on), goes there."""
    root = logging.getLogger()
    root.handlers = [handler(stream)]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(level.upper())
    logging.captureWarnings(True)


def tell(event: str, **fields: Any) -> None:
    """An event of the service itself."""
    logging.getLogger(f"{_OURS}.service").info(event, extra={FIELD: fields})
