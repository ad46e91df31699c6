"""A real packet filter: three network namespaces in a row, and packets with any source that are sent by the thousand.

The outside sends Ethernet frames to the machine in the middle, whose rules are under test; behind it is another machine.
Raw sockets tell what arrived: the kernel hands them packets after the input hook.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import struct
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

HERE = {4: "203.0.113.10", 6: "2001:db8:1::10"}
BEHIND = {4: "10.77.0.2", 6: "2001:db8:77::2"}
MACS = {
    "outside": "02:00:00:00:00:01",
    "front": "02:00:00:00:00:02",
    "back": "02:00:00:00:00:03",
    "behind": "02:00:00:00:00:04",
}
NEEDED = ("ip", "nft", "iptables-restore", "ip6tables-restore", "ipset")
NUMBER = {"tcp": 6, "udp": 17}
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Packet:
    """The first packet of a connection."""

    family: int
    source: int
    source_port: int
    protocol: str
    port: int
    through: bool = False
    """Whether it goes to the machine behind."""


def missing() -> str:
    """Why no kernel can be asked here, or nothing."""
    if os.geteuid():
        return "network namespaces need root"
    if absent := [tool for tool in NEEDED if not shutil.which(tool)]:
        return f"not installed: {', '.join(absent)}"
    probe = subprocess.run(
        ["ip", "netns", "add", f"hd-probe-{os.getpid()}"], capture_output=True, check=False
    )
    if probe.returncode:
        return "this machine lets nobody make network namespaces"
    subprocess.run(["ip", "netns", "del", f"hd-probe-{os.getpid()}"], capture_output=True, check=False)
    return ""


def _run(*words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, input=text, capture_output=True, text=True, check=False, timeout=120)


@contextmanager
def _in_namespace(name: str) -> Iterator[None]:
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{name}", os.O_RDONLY)
    try:
        if _LIBC.setns(there, 0):
            raise OSError(ctypes.get_errno(), "setns")
        yield
    finally:
        _LIBC.setns(own, 0)
        os.close(own)
        os.close(there)


class Machine:
    """One machine under test with fresh namespaces.

    Args:
        interface: The name of its interface to the outside.
    """

    def __init__(self, interface: str = "wan0") -> None:
        self.interface = interface
        tag = f"hd{os.getpid()}"
        self._names = [f"{tag}-{part}" for part in ("out", "mid", "in")]
        self._sockets: list[socket.socket] = []
        self._listening: dict[tuple[str, int, int], socket.socket] = {}

    def __enter__(self) -> Self:
        out, middle, inside = self._names
        for name in self._names:
            _run("ip", "netns", "del", name)
        made = _run("ip", "-batch", "-", text="\n".join(f"netns add {name}" for name in self._names) + "\n")
        assert made.returncode == 0, made.stderr
        before = {
            "net.ipv4.conf.all.rp_filter": 0, "net.ipv4.conf.default.rp_filter": 0, "net.ipv4.ip_forward": 1,
            "net.ipv6.conf.all.forwarding": 1, "net.ipv6.conf.default.accept_dad": 0, "net.netfilter.nf_conntrack_checksum": 0,
        }  # fmt: skip
        for name in self._names:
            with _in_namespace(name):
                for key, value in before.items():
                    with suppress(OSError):
                        Path("/proc/sys", key.replace(".", "/")).write_text(str(value))
        batch = f"""
            link add out0 netns {out} address {MACS["outside"]} type veth peer name {self.interface} netns {middle} address {MACS["front"]}
            link add back0 netns {middle} address {MACS["back"]} type veth peer name in0 netns {inside} address {MACS["behind"]}
            -n {out} link set out0 up
            -n {middle} link set lo up
            -n {middle} link set {self.interface} up
            -n {middle} link set back0 up
            -n {inside} link set in0 up
            -n {middle} addr add {HERE[4]}/32 dev {self.interface}
            -n {middle} addr add {HERE[6]}/128 dev {self.interface} nodad
            -n {middle} addr add 10.77.0.1/24 dev back0
            -n {middle} addr add 2001:db8:77::1/64 dev back0 nodad
            -n {inside} addr add {BEHIND[4]}/24 dev in0
            -n {inside} addr add {BEHIND[6]}/64 dev in0 nodad
            -n {middle} neigh add {BEHIND[4]} lladdr {MACS["behind"]} dev back0 nud permanent
            -n {middle} neigh add {BEHIND[6]} lladdr {MACS["behind"]} dev back0 nud permanent
        """
        for line in filter(None, map(str.strip, batch.splitlines())):
            done = _run("ip", *line.split())
            assert done.returncode == 0, (line, done.stderr)
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        for one in (*self._sockets, *self._listening.values()):
            one.close()
        for name in self._names:
            _run("ip", "netns", "del", name)

    def load(self, kind: str, text: str) -> str:
        """Give rules to the machine.

        Args:
            kind: ``iptables``, ``ip6tables``, ``nft`` or ``ipset``.
            text: The rules.

        Returns:
            What the tool complained about, or nothing.
        """
        tool = {
            "iptables": ["iptables-restore"],
            "ip6tables": ["ip6tables-restore"],
            "nft": ["nft", "-f", "-"],
            "ipset": ["ipset", "restore"],
        }[kind]
        done = _run("ip", "netns", "exec", self._names[1], *tool, text=text)
        return (done.stderr.strip() or "failed") if done.returncode else ""

    def dump(self, *command: str) -> str:
        """What a tool prints about the machine's rules."""
        done = _run("ip", "netns", "exec", self._names[1], *command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _open(self) -> None:
        with _in_namespace(self._names[0]):
            sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            sender.bind(("out0", 0))
            self._sockets.append(sender)
        for where, name in (("here", self._names[1]), ("behind", self._names[2])):
            with _in_namespace(name):
                for family, kind in ((4, socket.AF_INET), (6, socket.AF_INET6)):
                    for number in NUMBER.values():
                        one = socket.socket(kind, socket.SOCK_RAW, number)
                        one.setsockopt(socket.SOL_SOCKET, 33, 1 << 26)  # SO_RCVBUFFORCE
                        one.setblocking(False)
                        self._listening[where, family, number] = one

    def send(self, packets: Sequence[Packet]) -> tuple[np.ndarray, np.ndarray]:
        """Send packets, in order.

        Returns:
            For each, whether it arrived at the machine, and whether it arrived behind it.
        """
        arrived = {"here": np.zeros(len(packets), bool), "behind": np.zeros(len(packets), bool)}
        sender = self._sockets[0]
        for index, packet in enumerate(packets):
            sender.send(_frame(packet, index))
            if index % 128 == 127:
                self._collect(arrived)
        self._collect(arrived)
        return arrived["here"], arrived["behind"]

    def _collect(self, arrived: dict[str, np.ndarray]) -> None:
        for (where, family, number), one in self._listening.items():
            while True:
                try:
                    data = one.recv(256)
                except BlockingIOError:
                    break
                # Of IPv6 raw sockets give no header; of IPv4 they do.
                data = data[(data[0] & 15) * 4 :] if family == 4 else data
                (index,) = struct.unpack_from("!I", data, 4 if number == 6 else 8)
                if index < len(arrived[where]):
                    arrived[where][index] = True


def _checksum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


_ETHERNET = bytes.fromhex((MACS["front"] + MACS["outside"]).replace(":", ""))
_KIND = {4: socket.AF_INET, 6: socket.AF_INET6}
_TO = {
    (family, through): socket.inet_pton(kind, (BEHIND if through else HERE)[family])
    for family, kind in _KIND.items()
    for through in (False, True)
}


def _frame(packet: Packet, index: int) -> bytes:
    """A SYN with the index as its sequence number, or a datagram with the index as its content."""
    number = NUMBER[packet.protocol]
    if number == 6:
        inner = struct.pack("!HHIIBBHHH", packet.source_port, packet.port, index, 0, 0x50, 2, 65535, 0, 0)
    else:
        inner = struct.pack("!HHHHI", packet.source_port, packet.port, 12, 0, index)
    to = _TO[packet.family, packet.through]
    source = packet.source.to_bytes(len(to), "big")
    length = len(inner)
    pseudo = source + to + struct.pack("!II", length, number)
    at = 16 if number == 6 else 6
    # The length and number of the pseudo header are 32 bits wide for IPv6 and 16 for IPv4: the sum is the same.
    inner = inner[:at] + struct.pack("!H", _checksum(pseudo + inner) or 0xFFFF) + inner[at + 2 :]
    if packet.family == 4:
        head = struct.pack(
            "!BBHHHBBH4s4s", 0x45, 0, 20 + length, index & 0xFFFF, 0, 64, number, 0, source, to
        )
        head = head[:10] + struct.pack("!H", _checksum(head)) + head[12:]
        return _ETHERNET + b"\x08\x00" + head + inner
    return (
        _ETHERNET + b"\x86\xdd" + struct.pack("!IHBB16s16s", 6 << 28, length, number, 64, source, to) + inner
    )
