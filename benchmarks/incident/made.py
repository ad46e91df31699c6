"""Flow logs of a month, made from a seed: VPC lines in one file, NSG tuples in one file an hour."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

STORE = "10.0.0.5"
PORT = 9200
BEGIN = 1_575_158_400
"""1 December 2019."""
SECONDS = 31 * 86_400
BATCH = 250_000


def outsiders(count: int, rng: np.random.Generator) -> pl.Series:
    """Addresses of the public internet, some far more often than others."""
    number = (rng.pareto(0.7, count) * 50_000).astype(np.int64) % 400_000
    parts = [20 + number % 180, (number // 180) % 251, (number * 7) % 253, (number * 13) % 254]
    return (
        pl.DataFrame({str(each): part for each, part in enumerate(parts)})
        .select(pl.concat_str("0", "1", "2", "3", separator="."))
        .to_series()
    )


def vpc(folder: Path, lines: int, seed: int = 1) -> Path:
    """Records of version 2; a third of them are about the store's port."""
    path = folder / f"vpc-{lines}.log"
    if path.is_file():
        return path
    rng = np.random.default_rng(seed)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        for begin in range(0, lines, BATCH):
            size = min(BATCH, lines - begin)
            at = BEGIN + (np.arange(begin, begin + size) * SECONDS) // lines
            inbound = rng.random(size) < 0.5
            which = rng.integers(0, 4, size)
            own = pl.Series([f"10.0.0.{5 + each}" for each in range(4)]).gather(which)
            port = np.where(rng.random(size) < 0.5, PORT, rng.choice([22, 443, 8080], size))
            client = rng.integers(1024, 65535, size)
            packets = rng.integers(1, 2000, size)
            frame = pl.DataFrame(
                {
                    "version": np.full(size, 2), "account": np.full(size, 123456789012),
                    "interface": pl.Series([f"eni-0b13344793d4fde6{each}" for each in range(4)]).gather(which),
                    "outside": outsiders(size, rng), "own": own, "in": inbound, "client": client, "port": port,
                    "protocol": np.full(size, 6), "packets": packets, "bytes": packets * rng.integers(40, 1400, size),
                    "start": at, "end": at + rng.integers(0, 60, size), "accept": rng.random(size) < 0.8,
                }
            ).with_columns(
                source=pl.when("in").then("outside").otherwise("own"), target=pl.when("in").then("own").otherwise("outside"),
                sport=pl.when("in").then("client").otherwise("port"), dport=pl.when("in").then("port").otherwise("client"),
                action=pl.when("accept").then(pl.lit("ACCEPT")).otherwise(pl.lit("REJECT")), status=pl.lit("OK"),
            )  # fmt: skip
            frame.select(
                "version", "account", "interface", "source", "target", "sport", "dport", "protocol", "packets", "bytes",
                "start", "end", "action", "status",
            ).write_csv(file, separator=" ", include_header=False)  # fmt: skip
    part.rename(path)
    return path


def nsg(folder: Path, tuples: int, seed: int = 2) -> Path:
    """One PT1H.json for each hour, 60 records in it: flows that begin, go on, end, and some that are denied."""
    made = folder / f"nsg-{tuples}"
    if made.is_dir():
        return made
    rng = np.random.default_rng(seed)
    part = folder / f"nsg-{tuples}.part"
    hours = SECONDS // 3600 if tuples >= 100_000 else 3
    each = max(tuples // (hours * 60), 2)
    for hour in range(hours):
        size = each * 60
        denied = rng.random(size) < 0.3
        state = np.where(denied, 0, rng.integers(0, 3, size))
        at = BEGIN + hour * 3600 + np.repeat(np.arange(60) * 60, each) + rng.integers(0, 60, size)
        packets, back = rng.integers(1, 2000, size), rng.integers(1, 2000, size)
        counts = [packets, packets * rng.integers(40, 1400, size), back, back * rng.integers(40, 1400, size)]
        text = pl.DataFrame(
            {
                "at": at, "outside": outsiders(size, rng), "own": pl.Series([STORE] * size), "client": rng.integers(1024, 65535, size),
                "port": np.where(rng.random(size) < 0.5, PORT, 22), "t": pl.Series(["T,I"] * size),
                "decision": pl.Series(["A", "D"]).gather(denied.astype(int)), "state": pl.Series(["B", "C", "E"]).gather(state),
                **{f"c{number}": column for number, column in enumerate(counts)},
            }
        ).with_columns(pl.when(pl.col("state") == "B").then(None).otherwise(pl.col(f"c{number}")).alias(f"c{number}") for number in range(4)).select(
            pl.concat_str(pl.all().cast(pl.String).fill_null(""), separator=",")
        ).to_series().to_list()  # fmt: skip
        records = []
        for minute in range(60):
            mine = text[minute * each : (minute + 1) * each]
            when = f"2019-12-{1 + hour // 24:02}T{hour % 24:02}:{minute:02}:59.8950000Z"
            rules = [
                '{"rule":"'
                + rule
                + '","flows":[{"mac":"000D3AF8801A","flowTuples":["'
                + '","'.join(some)
                + '"]}]}'
                for rule, some in (
                    ("UserRule_es", mine[: each // 2]),
                    ("DefaultRule_DenyAllInBound", mine[each // 2 :]),
                )
            ]
            records.append(
                f'{{"time":"{when}","systemId":"55ff55ff-aa66-bb77-cc88-99dd99dd99dd","category":"NetworkSecurityGroupFlowEvent",'
                '"resourceId":"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/STORE-NSG",'
                '"operationName":"NetworkSecurityGroupFlowEvents","properties":{"Version":2,"flows":['
                + ",".join(rules)
                + "]}}"
            )
        path = (
            part
            / f"y=2019/m=12/d={1 + hour // 24:02}/h={hour % 24:02}/m=00/macAddress=000D3AF8801A/PT1H.json"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"records":[' + ",".join(records) + "]}")
    part.rename(made)
    return made
