"""Check bytes of FIAS on a serial line: the same for the product and for the bench, which make them each for itself."""

from __future__ import annotations

CHECK_BYTES = [
    ("12345", 0x32),
    ("LS|DA260311|TI074500|", 0x79),
    ("LD|DA260311|TI074501|V#1.00|IFPB|", 0x18),
    ("LA|DA260311|TI074502|", 0x69),
    ("PS|RN214|PTC|TA385|", 0x47),
    ("GI|RN214|G#40117|GNOkafor|GSN|", 0x60),
    ("LR|RIGI|FLRNG#GNGLGSSF|", 0x05),
    ("LR|RIGI|FLRNGNGVG#GLGGGSSFA0A1A2A3A4A5A6A7A8A9|", 0x15),
    ("WR|RN1000|DA260311|TI010000|", 0x05),
    ("WR|RN1000|DA260311|TI020000|", 0x06),
    ("WR|RN1000|DA260311|TI040000|", 0x00),
    ("WR|RN1000|DA260311|TI060000|", 0x02),
    ("WR|RN1000|DA260311|TI070000|", 0x03),
]
"""What is said, and the exclusive or of it and ETX."""
