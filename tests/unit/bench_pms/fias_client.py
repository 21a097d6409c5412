"""A telephone exchange's end of a FIAS link over TCP, written by hand for these tests."""

from __future__ import annotations

from tests.unit.bench_pms.rig import Rig

STAMP = "DA260311|TI074501|"
REQUESTS = {
    "GI": "RNG#GSGNGFGLGVCSSF", "GO": "RNG#GSSF", "GC": "RNROG#GSGNGFGLGVCS", "RE": "RNCSDNMLRSIDVM", "WR": "RNDATI",
    "WC": "RNDATI", "WA": "RNDATIAS", "PS": "RNPTTADADDDUMPTIP#CTMAM#", "PA": "RNASP#CTDATI", "NS": "DATI",
    "NE": "DATI", "XL": "RNG#MIMTDATI", "XM": "RNG#", "XT": "RNG#MIMT", "XD": "RNG#MI",
}  # fmt: skip


class Exchange(Rig):
    """Over TCP; `alive` does the whole start."""

    def __init__(self, **settings: str) -> None:
        super().__init__(protocol="fias", listen="127.0.0.1:5010", **settings)

    def say(self, *records: str) -> list[str]:
        """Send records; what the PMS has sent since the last time."""
        for record in records:
            self.pms.received(b"\x02" + record.encode() + b"\x03")
        return self.heard()

    def heard(self) -> list[str]:
        data = self.line.take().decode()
        frames = data.split("\x03")
        assert frames.pop() == ""
        assert all(frame.startswith("\x02") for frame in frames)
        return [frame[1:] for frame in frames]

    def describe(self, **changes: str | None) -> list[str]:
        """LD, LRs and LA."""
        asked = {**REQUESTS, **changes}
        requests = [f"LR|RI{kind}|FL{fields}|" for kind, fields in asked.items() if fields is not None]
        return self.say(f"LD|{STAMP}V#1.00|IFPB|", *requests, f"LA|{STAMP}")

    def alive(self, **changes: str | None) -> Exchange:
        self.line.plug_in()
        assert self.heard() == ["LS|DA260311|TI074500|"]
        assert [record[:2] for record in self.describe(**changes)] == ["LA"]
        return self


def charge(number: int | str, room: str = "203", amount: int = 240, **more: str) -> str:
    fields = {"DD": "0046855512", "DU": "000412", "DA": "260311", "TI": "203015"} | more
    rest = "".join(f"{name}{data}|" for name, data in fields.items())
    return f"PS|RN{room}|P#{number}|PTC|TA{amount}|{rest}"
