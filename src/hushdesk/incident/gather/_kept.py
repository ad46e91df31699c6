"""What was gathered, on disk: tables and an account for each file of evidence. The logs themselves are not copied.

A file's account is written last and under its final name at once: what has an account is whole. Files that were read as one series
have one file for all of their accounts, in a folder of its own. Each file is on disk before the next is begun, and is its owner's alone.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from hushdesk.incident._evidence import FLOWS, REQUESTS
from hushdesk.incident.gather._gather import Gathered
from hushdesk.incident.gather._series import Series
from hushdesk.incident.gather._tables import by_hour
from hushdesk.incident.gather._values import Kept, from_json, kept_of, to_json
from hushdesk.vault import write_private

__all__ = ["Kept", "Shelf", "ident_of"]


@dataclass(frozen=True, slots=True)
class _Together:
    """Files that were read as one."""

    name: str
    files: tuple[Kept, ...]
    replaces: tuple[str, ...]
    """Series that it stands for."""
    memory: tuple[str, ...]
    """Names of its tables for those that are read later."""


class Shelf:
    """The evidence of one incident."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._together = folder / "series"
        # What was read of the folder of series, when it was last changed, and in which one each file is.
        self._read_series: dict[str, _Together] = {}
        self._read_at = -1
        self._within: dict[str, tuple[_Together, Kept]] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def known(self, digest: str, member: str = "") -> Kept | None:
        """What is kept of a file with this content; the same file twice is one."""
        ident = ident_of(digest, member)
        self._look()
        if ident in self._within:
            return self._within[ident][1]
        path = self.folder / f"{ident}.json"
        return self._read(path) if path.exists() else None

    def together(self, ident: str) -> tuple[Kept, ...]:
        """All files that were read as one with this; none if it was read by itself."""
        self._look()
        return self._within[ident][0].files if ident in self._within else ()

    def memories(self, parser: str, without: Collection[str] = ()) -> list[dict[str, pl.DataFrame]]:
        """What the series of a parser left to those that are read later.

        Args:
            parser: Its name.
            without: Files that are read anew, with all that were read as one with them.
        """
        return [
            {
                table: pl.read_parquet(self._together / f"{one.name}.{table}.memory.parquet")
                for table in one.memory
            }
            for one in self._series()
            if one.files
            and one.files[0].parser == parser
            and not any(each.ident in without for each in one.files)
        ]

    def put(self, gathered: Gathered) -> Kept:
        """Keep what a file gave that was read by itself; a file with the same content is replaced."""
        ident = ident_of(gathered.digest, gathered.source.member)
        for draft in self.folder.glob(f".{ident}.*.tmp"):
            # What a killed process left of the same file.
            draft.unlink(missing_ok=True)
        empty = self._tables(self.folder / ident, gathered)
        kept = kept_of(ident, gathered)
        _write(self.folder / f"{ident}.json", to_json(kept))
        # After the account that says that there are none: an account never speaks of rows that are gone.
        for gone in empty:
            gone.unlink(missing_ok=True)
        return kept

    def put_series(self, series: Series) -> list[Kept]:
        """Keep what files gave that were read as one, all at once.

        They replace what was kept of them, and all series in which they were: those files must be among these.
        """
        found = [
            kept_of(ident_of(each.digest, each.source.member), each) for each in series.files if each.parser
        ]
        name, replaces = self._next({kept.ident for kept in found})
        self._tables(self._together / name, series.files[0])
        for table, frame in series.memory.items():
            _write_table(self._together / f"{name}.{table}.memory.parquet", frame)
        # From here on these hold, and what they replace does not.
        self._hold(name, found, replaces, sorted(series.memory))
        return found

    def release(self, idents: Collection[str]) -> None:
        """Forget the series in which these files were: all files of them are about to be kept by themselves."""
        name, replaces = self._next(set(idents))
        if replaces:
            self._hold(name, [], replaces, [])

    def _next(self, idents: set[str]) -> tuple[str, list[str]]:
        """A name for a series, and the names of those that hold no longer because of it."""
        self._together.mkdir(exist_ok=True, mode=0o700)
        live = {one.name: one for one in self._series()}
        touched = {one.name for one in live.values() if idents & {each.ident for each in one.files}}
        # Names are never used twice: the last one always holds.
        last = max((int(name.rpartition("-")[2]) for name in self._read_series), default=0)
        # With those that hold no longer now: they may be gone before whoever says so.
        gone = touched | (set(self._read_series) - set(live)) if touched else set()
        return f"series-{last + 1}", sorted(gone)

    def _hold(self, name: str, files: list[Kept], replaces: list[str], memory: list[str]) -> None:
        values = {"files": [to_json(kept) for kept in files], "replaces": replaces, "memory": memory}
        _write(self._together / f"{name}.json", values)
        self._read_at = -1
        live = {one.name for one in self._series()}
        for path in self._together.iterdir():
            if path.name.split(".", 1)[0] not in live:
                path.unlink(missing_ok=True)
        for kept in files:
            for kind in ("json", "flows.parquet", "requests.parquet"):
                (self.folder / f"{kept.ident}.{kind}").unlink(missing_ok=True)
        self._read_at = -1

    def _tables(self, base: Path, gathered: Gathered) -> list[Path]:
        """Write what there is; give back the tables that there are not."""
        empty = []
        for kind, frame in (("flows", gathered.flows), ("requests", gathered.requests)):
            path = base.with_name(f"{base.name}.{kind}.parquet")
            if frame.height:
                _write_table(path, frame)
            else:
                empty.append(path)
        return empty

    def _look(self) -> None:
        """Read the series that are there, if there are others than before."""
        try:
            changed = self._together.stat().st_mtime_ns
        except FileNotFoundError:
            return
        if changed == self._read_at:
            return
        found = {path.stem: path for path in sorted(self._together.glob("*.json"))}
        self._read_series = {
            name: self._read_series.get(name) or _together(name, json.loads(path.read_text("utf-8")))
            for name, path in found.items()
        }
        self._within = {each.ident: (one, each) for one in self._live() for each in one.files}
        self._read_at = changed

    def _live(self) -> list[_Together]:
        replaced = {name for one in self._read_series.values() for name in one.replaces}
        return [one for name, one in self._read_series.items() if name not in replaced]

    def _series(self) -> list[_Together]:
        self._look()
        return self._live()

    def __len__(self) -> int:
        return len(self.idents())

    def __iter__(self) -> Iterator[Kept]:
        for one in self._series():
            yield from one.files
        for path in sorted(self.folder.glob("*.json")):
            if path.stem not in self._within:
                yield self._read(path)

    def idents(self) -> tuple[str, ...]:
        """Names of what is kept; another file, another name."""
        self._look()
        return tuple(sorted({*self._within, *(path.stem for path in self.folder.glob("*.json"))}))

    def flows(self) -> pl.DataFrame:
        """Flows of all files by the hour."""
        frames = [pl.read_parquet(path) for path, _ in self._frames("flows")]
        return by_hour(pl.concat(frames)) if frames else _empty(FLOWS)

    def requests(self) -> pl.DataFrame:
        """Requests of all files; ``parser`` and ``file`` say where each stands."""
        frames = [
            pl.read_parquet(path).with_columns(parser=pl.lit(kept.parser), file=pl.lit(kept.name))
            for path, kept in self._frames("requests")
        ]
        more = {"parser": pl.String, "file": pl.String}
        return (
            pl.concat(frames)
            if frames
            else _empty(REQUESTS).with_columns(pl.lit("", kind).alias(name) for name, kind in more.items())
        )

    def _frames(self, kind: str) -> Iterator[tuple[Path, Kept]]:
        """Tables with the file that they are of, the first of a series."""
        for one in self._series():
            path = self._together / f"{one.name}.{kind}.parquet"
            if path.exists():
                yield path, one.files[0]
        for path in sorted(self.folder.glob(f"*.{kind}.parquet")):
            told = path.with_suffix("").with_suffix(".json")
            if told.exists() and told.stem not in self._within:
                yield path, self._read(told)

    def _read(self, path: Path) -> Kept:
        return from_json(json.loads(path.read_text("utf-8")))


def ident_of(digest: str, member: str) -> str:
    """The name under which a file with this content is kept."""
    return hashlib.sha256(f"{digest}\n{member}".encode()).hexdigest()[:20]


def _together(name: str, values: Mapping[str, Any]) -> _Together:
    return _Together(
        name,
        tuple(from_json(each) for each in values["files"]),
        tuple(values["replaces"]),
        tuple(values["memory"]),
    )


def _write(path: Path, values: Mapping[str, Any]) -> None:
    write_private(path, json.dumps(values, ensure_ascii=True).encode())


def _write_table(path: Path, frame: pl.DataFrame) -> None:
    data = io.BytesIO()
    frame.write_parquet(data, compression="zstd")
    write_private(path, data.getvalue())


def _empty(schema: Any) -> pl.DataFrame:
    frame = pl.from_arrow(schema.empty_table())
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table gives a frame
    return frame
