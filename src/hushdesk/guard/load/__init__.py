"""Files to parsed documents that know their lines; what cannot be read becomes one clear value each."""

from hushdesk.guard.load._files import MOST_BYTES, Loaded, files, load

__all__ = ["MOST_BYTES", "Loaded", "files", "load"]
