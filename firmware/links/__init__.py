"""Links to other machines: TCP and serial lines that are made again when they were lost. They know no protocol."""

from firmware.links.back_off import BackOff
from firmware.links.link import Link, LinkUser, Terms
from firmware.links.recorder import Entry, Recorder
from firmware.links.serial_port import SerialLine
from firmware.links.tcp import Newcomer, TcpClient, TcpServer

__all__ = [
    "BackOff",
    "Entry",
    "Link",
    "LinkUser",
    "Newcomer",
    "Recorder",
    "SerialLine",
    "TcpClient",
    "TcpServer",
    "Terms",
]
