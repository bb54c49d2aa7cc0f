"""The job's logger."""

import logging
import sys
from typing import Any


class GlueLogger:
    """Writes to the job's log, also messages of level info, as Glue's logger does."""

    def __init__(self) -> None:
        self._log = logging.getLogger("glue")
        if not self._log.handlers:
            handler = logging.StreamHandler(sys.stderr)
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            self._log.addHandler(handler)
            self._log.setLevel(logging.INFO)
            self._log.propagate = False

    def debug(self, msg: Any) -> None:
        """Logs details, which are hidden by default."""
        self._log.debug(msg)

    def info(self, msg: Any) -> None:
        """Logs what happens."""
        self._log.info(msg)

    def warn(self, msg: Any) -> None:
        """Logs a problem that does no harm."""
        self._log.warning(msg)

    def error(self, msg: Any) -> None:
        """Logs an error."""
        self._log.error(msg)

    warning = warn
