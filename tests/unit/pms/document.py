"""What docs/pms.md has from the code: `python -m tests.unit.pms.document` writes it there, a test keeps it current.

Dialogues are run anew, tables read from those of the code.
"""

from __future__ import annotations

from tests.unit.made_document import MadeDocument
from tests.unit.pms import document_tables
from tests.unit.pms.fias import dialogues as fias
from tests.unit.pms.mitel import dialogues as mitel

DOCUMENT = MadeDocument(
    "pms.md",
    {
        **{f"fias-{name}": lambda script=script: f"```\n{script().text}\n```" for name, script in fias.SCRIPTS.items()},
        **{
            f"mitel-{name}": lambda script=script: f"```\n{script().text}\n```"
            for name, script in mitel.SCRIPTS.items()
        },
        **document_tables.TABLES,
    },
)


if __name__ == "__main__":
    DOCUMENT.write()
