"""MLLP: one message, its acknowledgement, in bounded time, over a connection of its own.

Sources: HL7 v2 « Transport Specification: MLLP, Release 1 » § 3 (block format); HL7 v2.5 chapter 2 § 2.9.2 (original
mode), § 2.9.3 (enhanced mode), tables 0008 and 0357.
"""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass

from hl7apy.core import Message
from hl7apy.exceptions import HL7apyException
from hl7apy.parser import parse_message

from reporter.delivery.targets import oru, tls
from reporter.delivery.targets.letter import DeliveryError, Letter
from reporter.delivery.targets.settings import MllpTarget

START, END = b"\x0b", b"\x1c\x0d"
_ACCEPTED = ("AA", "CA")
_MOMENT = ("AR", "CR")
"""Rejections « for reasons unrelated to its content or format », worth another try (§ 2.9.2.2) …"""
_NEVER = ("200", "201", "202", "203")
"""… unless table 0357 says that the receiver does not support this kind of message …"""
_AGAIN = ("206", "207")
"""… and errors of the application that pass: record locked, internal error."""
_MAX_ANSWER = 1024 * 1024
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Ack:
    """What the receiver says of one message."""

    code: str
    control_id: str
    reason: str
    text: str

    def refusal(self) -> DeliveryError:
        """The failure this answer means."""
        again = (self.code in _MOMENT and self.reason not in _NEVER) or self.reason in _AGAIN
        return DeliveryError(f"HL7-{self.code or 'ACK'}", retryable=again, detail=self.text[:20_000])


class MllpSender:
    """The way to one HL7 v2 receiver."""

    def __init__(self, target: MllpTarget) -> None:
        self._target = target
        self._context = tls.context(target) if target.tls else None

    def send(self, letter: Letter) -> str:
        """The acknowledgement code and MSA-2. Raises DeliveryError."""
        message = oru.build(letter, self._target)
        end = time.monotonic() + self._target.timeout_s
        try:
            with self._connect(end) as connection:
                connection.sendall(frame(message))
                ack = _answer(connection, oru.control_id(letter.key), end)
        except TimeoutError as error:
            raise DeliveryError("MLLP-TIMEOUT", retryable=True) from error
        except OSError as error:
            raise DeliveryError(f"MLLP-{type(error).__name__}", retryable=True) from error
        if ack.code not in _ACCEPTED:
            raise ack.refusal()
        return f"{ack.code} {ack.control_id}"

    def close(self) -> None:
        """Nothing is held open between two messages."""

    def _connect(self, end: float) -> socket.socket:
        address = (self._target.host, self._target.port)
        plain = socket.create_connection(address, timeout=_left(end))
        if self._context is None:
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname=self._target.host)
        except (ssl.SSLError, OSError):
            plain.close()
            raise


def frame(message: str) -> bytes:
    """The block of a message, in UTF-8 as MSH-18 says."""
    return START + message.encode("utf-8") + END


def _answer(connection: socket.socket, control_id: str, end: float) -> Ack:
    """The acknowledgement of our message; those of other messages are passed over."""
    received = bytearray()
    while True:
        block = _block(received)
        if block is None:
            received += _received(connection, len(received), end)
            continue
        ack = read_ack(block)
        if ack.control_id == control_id:
            return ack


def _block(received: bytearray) -> bytes | None:
    """Take the first whole block out of what was received; what precedes its start is noise."""
    stop = received.find(END)
    if stop < 0:
        return None
    block = bytes(received[:stop])
    del received[: stop + len(END)]
    return block[block.rfind(START) + 1 :]


def _received(connection: socket.socket, held: int, end: float) -> bytes:
    connection.settimeout(_left(end))
    part = connection.recv(_CHUNK)
    if not part:
        raise DeliveryError("MLLP-CLOSED", retryable=True)
    if held + len(part) > _MAX_ANSWER:
        raise DeliveryError("MLLP-ANSWER-SIZE", retryable=True)
    return part


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def read_ack(block: bytes) -> Ack:
    """An acknowledgement. Raises DeliveryError when it is none."""
    text = block.decode("utf-8", "replace").strip()
    try:
        message = parse_message(text, find_groups=False)
        code, about = _value(message, "msa", 1), _value(message, "msa", 2)
    except HL7apyException as error:
        raise DeliveryError("HL7-ACK", retryable=True, detail=text[:20_000]) from error
    return Ack(code, about, _value(message, "err", 3), text)


def _value(message: Message, segment: str, field: int) -> str:
    """The first component of a field, empty when there is none."""
    held = [child for child in message.children if child.name == segment.upper()]
    if not held:
        return ""
    value: str = getattr(held[0], f"{segment}_{field}").to_er7()
    return value.split("^")[0].split("~")[0].strip()
