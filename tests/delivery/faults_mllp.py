"""An MLLP receiver built on python-hl7 (not the library that builds our messages); started as a program."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import threading
from pathlib import Path

import hl7
from hl7.mllp import start_hl7_server
from hl7.mllp.streams import HL7StreamReader, HL7StreamWriter

LOG = Path(sys.argv[1])
MODES: list[str] = []


async def serve(reader: HL7StreamReader, writer: HL7StreamWriter) -> None:
    try:
        while not writer.is_closing():
            message = await reader.readmessage()
            await answer(message, writer, MODES.pop(0) if MODES else "AA")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def answer(message: hl7.Message, writer: HL7StreamWriter, mode: str) -> None:
    stored = mode not in ("AE", "AR", "AR-200", "AE-207", "reset")
    log(message, stored, mode)
    code, _, reason = mode.partition("-")
    ack = message.create_ack(code if code in ("AE", "AR") else "AA")
    block = b"\x0b" + str(ack).encode() + (f"ERR|||{reason}^x^HL70357|E\r".encode() if reason else b"") + b"\x1c\x0d"
    if mode in ("reset", "lost"):
        writer.transport.abort()
    elif mode == "slow":
        await asyncio.sleep(2)
        writer.write(block)
    elif mode == "split":
        for i in range(len(block)):
            writer.write(block[i : i + 1])
            await writer.drain()
            await asyncio.sleep(0.002)
    elif mode == "other":
        stranger = block.replace(str(message.segment("MSH")[10]).encode(), b"SOMEBODY-ELSE")
        writer.write(stranger + b"noise" + block)
    elif mode == "garbage":
        writer.write(b"\x0bHTTP/1.1 400 Bad Request\x1c\x0d")
    else:
        writer.write(block * (2 if mode == "twice" else 1))


def log(message: hl7.Message, stored: bool, mode: str) -> None:
    texts = [message.unescape(str(obx[5])) for obx in message.segments("OBX") if str(obx[2]) == "TX"]
    line = {
        "stored": stored,
        "mode": mode,
        "control": str(message.segment("MSH")[10]),
        "report": str(message.segment("OBR")[3]),
        "status": str(message.segment("OBR")[25]),
        "text": "\n".join(texts),
    }
    with LOG.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")


def obey() -> None:
    for line in sys.stdin:
        MODES[:] = json.loads(line)
        print("OK", flush=True)


def tls(folder: Path) -> ssl.SSLContext:
    """Its own certificate, and one asked of the client."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / "server.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


async def main() -> None:
    context = tls(Path(sys.argv[3])) if len(sys.argv) > 3 else None
    server = await start_hl7_server(serve, "127.0.0.1", int(sys.argv[2]), encoding="utf-8", limit=2**22, ssl=context)
    threading.Thread(target=obey, daemon=True).start()
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
