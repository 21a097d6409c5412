"""The `nightporter` command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from firmware import log
from firmware.errors import ConfigError, NightPorterError
from firmware.processes import InUseError

if TYPE_CHECKING:
    from firmware.config import Config

WRONG_CONFIG = 2
IN_USE = 3
ROLES = ("desk", "housekeeping", "manager", "technician")
ROLES_TEXT = """\
roles:
  housekeeping  sees lines, alarms and the state of the box
  desk          sees and clears calls, dials, sees call records, acknowledges alarms, sets what rooms may
  manager       the same, and the audit, the settings of the exchange, people and tokens
  technician    calls, the audit, the settings of the exchange
"""
Act: TypeAlias = Callable[[argparse.Namespace], int]
_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

DESCRIPTION = "A hotel telephone exchange: telephones, calls, front desk. `run` starts everything."
EPILOG = """\
examples:
  nightporter check-config hotel.toml              name every fault of a configuration
  nightporter run --config hotel.toml --data data  start the product in the foreground; Ctrl-C ends it
  nightporter status --data data                   what runs, and whether a lifted telephone gets dial tone
  nightporter token create desk-pc --role desk --data data
exit status: 0 done, 1 failed, 2 wrong configuration or command line, 3 the data directory is in use
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit status."""
    chosen = _parser().parse_args(arguments)
    os.umask(0o077)  # what this hotel keeps is for nobody else on this machine
    log.configure(chosen.verbose)
    try:
        return int(chosen.act(chosen))
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return WRONG_CONFIG
    except InUseError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return IN_USE
    except NightPorterError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nightporter",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="log the details too")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _process_commands(commands)
    _admin_commands(commands)
    return parser


def _process_commands(commands: _Commands) -> None:
    for name, act, text in (
        ("run", _run, "start the whole product in the foreground, and start again what dies"),
        ("supervisor", _supervisor, "the control plane alone: call agent, database, pages (run starts it)"),
        ("voice", _voice, "the media gateway alone: telephones and audio (run starts it)"),
        ("indicators", _indicators, "LEDs and button alone (run starts it)"),
        ("bench", _bench, "the simulated board and the world outside alone (run starts it)"),
    ):
        command = _command(commands, name, act, text)
        command.add_argument("--config", type=Path, required=True, metavar="FILE", help="the hotel's configuration")
        _data_option(command)
    text = "name every fault of a configuration, and what is notable in it; exit status 2 if there is a fault"
    command = _command(commands, "check-config", _check_config, text)
    command.add_argument("file", type=Path, metavar="FILE", help="the hotel's configuration")
    text = "the technician's console, on this terminal; `logout` or Ctrl-D leaves it"
    _data_option(_command(commands, "console", _console, text))
    _data_option(_command(commands, "status", _status, "what runs, and what alarms stand; exit status 1: not ready"))


def _admin_commands(commands: _Commands) -> None:
    token = _group(commands, "token", "tokens, by which programs use the API")
    text = "make a token and print it, once, alone on standard output; also before the first start"
    _name_and_role(_command(token, "create", _admin("token_create"), text))
    _data_option(_command(token, "list", _admin("token_list"), "names, roles, when made and last used"))
    _name_and_data(_command(token, "revoke", _admin("token_revoke"), "end a token at once"))

    user = _group(commands, "user", "people who log in on the pages")
    text = "add a person; the password comes from a prompt or standard input; also before the first start"
    command = _command(user, "add", _admin("user_add"), text)
    _name_and_role(command)
    command.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    _data_option(_command(user, "list", _admin("user_list"), "names and roles"))
    text = "give a person another password, from a prompt or standard input; ends all sessions of that person"
    command = _command(user, "password", _admin("user_password"), text)
    _name_and_data(command)
    command.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    text = "a lost authenticator: let a person in by the password alone; ends all sessions of that person"
    _name_and_data(_command(user, "no-second-factor", _admin("user_no_second_factor"), text))
    _name_and_data(_command(user, "remove", _admin("user_remove"), "remove a person"))

    tariff = _group(commands, "tariff", "what calls outside cost")
    text = "replace all tariffs by those of a CSV file, or say by line and column what is wrong with it"
    command = _command(tariff, "import", _admin("tariff_import"), text)
    command.add_argument("file", type=Path, metavar="FILE", help="the table, as docs/tariffs.md explains it")
    _data_option(command)

    _backup_commands(commands)
    prompts = _group(commands, "prompts", "spoken prompts")
    command = _command(prompts, "render", _prompts_render, "make the prompts that are missing, in all languages, now")
    _data_option(command)
    _library_option(command)
    text = "speak once, for all data directories of this installation, what every house needs"
    _library_option(_command(prompts, "library", _prompts_library, text))
    menus = _group(commands, "menus", "spoken menus")
    command = _command(menus, "check", _menus_check, "name every fault of menus; exit status 2 if there is a fault")
    command.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a menu, as docs/menus.md explains it")
    diagrams = _command(commands, "diagrams", _diagrams, "draw the state machines into docs/ from their tables")
    diagrams.add_argument("--check", action="store_true", help="only say whether they are current (exit status 1: no)")


def _backup_commands(commands: _Commands) -> None:
    text = "make a backup, while the product runs or not, and print where it is"
    command = _command(commands, "backup", _backup("backup"), text)
    command.add_argument("--to", type=Path, metavar="FILE", help="where it is to be (default: DATA/backups)")
    text = "the configuration that goes with it (default: the one that was in force last)"
    command.add_argument("--config", type=Path, metavar="FILE", help=text)
    _data_option(command)
    text = "make the key of backups, and print its private half, once, alone on standard output"
    command = _command(commands, "backup-key", _backup("backup_key"), text)
    command.add_argument("--replace", action="store_true", help="although there is one: from now on it is another")
    _data_option(command)
    text = "put a backup back, into a data directory that nobody uses: all of it, or nothing is changed"
    command = _command(commands, "restore", _backup("restore"), text)
    command.add_argument("file", type=Path, metavar="FILE", help="the backup")
    command.add_argument("--key", required=True, metavar="FILE", help="the private half of its key; -: standard input")
    text = "where its configuration is to be (default: DATA/restored-hotel.toml)"
    command.add_argument("--config-to", type=Path, metavar="FILE", help=text)
    command.add_argument("--replace", action="store_true", help="in place of the hotel that is there")
    _data_option(command)


def _group(commands: _Commands, name: str, text: str) -> _Commands:
    return commands.add_parser(name, help=text, description=text).add_subparsers(metavar="ACTION", required=True)


def _command(commands: _Commands, name: str, act: Act, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name, help=text, description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.set_defaults(act=act)
    return command


def _name_and_role(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", type=_new_name, metavar="NAME", help="as the audit will show it")
    command.add_argument("--role", choices=ROLES, required=True, help="what may be done; see below")
    command.epilog = ROLES_TEXT
    _data_option(command)


def _name_and_data(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", metavar="NAME")
    _data_option(command)


def _data_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, required=True, metavar="DIR", help="the data directory")


def _library_option(command: argparse.ArgumentParser) -> None:
    text = "where the prompts of all houses are kept (default: this installation's place)"
    command.add_argument("--library", type=Path, metavar="DIR", help=text)


def _new_name(text: str) -> str:
    name = text.strip()
    if not (1 <= len(name) <= 64 and name.isprintable()):
        raise argparse.ArgumentTypeError("a name has 1 to 64 printable characters")
    return name


def _run(chosen: argparse.Namespace) -> int:
    from firmware import product

    return product.run(chosen.config, chosen.data)


def _supervisor(chosen: argparse.Namespace) -> int:
    from firmware import config
    from firmware.backup import making, restoring
    from firmware.processes import RunDirectory
    from firmware.supervisor import main as supervisor

    settings = config.load(chosen.config)
    run = RunDirectory(chosen.data).make()
    run.hold("supervisor", settings.digest())
    restoring.finish(chosen.data)
    making.note_configuration(run, chosen.config)
    return supervisor.run(settings, chosen.data)


def _voice(chosen: argparse.Namespace) -> int:
    from firmware import config
    from firmware.processes import RunDirectory
    from firmware.voice import main as voice

    settings = config.load(chosen.config)
    RunDirectory(chosen.data).make().hold("voice", settings.digest())
    return voice.run(settings, chosen.data)


def _indicators(chosen: argparse.Namespace) -> int:
    from firmware import config
    from firmware.indicators import main as indicators
    from firmware.processes import RunDirectory

    settings = config.load(chosen.config)
    RunDirectory(chosen.data).make().hold("indicators", settings.digest())
    return indicators.run(settings, chosen.data)


def _bench(chosen: argparse.Namespace) -> int:
    from boardsupport.bench import main as bench
    from boardsupport.bench.pms.settings import PmsSettings
    from firmware import config, countries
    from firmware.processes import RunDirectory

    settings = config.load(chosen.config)
    if settings.bench is None:
        raise ConfigError(f"{chosen.config}: bench: is missing; allowed: a table with listen = HOST:PORT")
    run = RunDirectory(chosen.data).make()
    run.hold("bench", settings.digest())
    return bench.run(
        directory=run.path,
        listen=settings.bench.listen,
        revision=settings.board.revision,
        sockets=list(settings.board.sockets),
        country=settings.hotel.country,
        law=countries.COUNTRIES[settings.hotel.country].law,
        lifeline=settings.board.lifeline,
        labels={
            entry.port: " ".join(filter(None, (entry.number, entry.name)))
            for entry in settings.extensions
            if entry.port
        }
        | {port: trunk.name for trunk in settings.trunks for port in getattr(trunk, "ports", ())},
        pms=[
            PmsSettings(
                name=entry.name or f"{entry.protocol}-{index}",
                protocol=entry.protocol,
                listen=entry.listen,
                connect=entry.connect,
                pty=None if entry.pty is None else chosen.data / entry.pty,
                encoding=entry.encoding,
                seven_bit=entry.seven_bit,
                lrc=entry.lrc,
                zone=settings.hotel.time_zone,
                dialect=entry.dialect,
                extension_width=entry.extension_width,
                pad=entry.pad,
            )
            for index, entry in enumerate(settings.bench.pms)
        ],
    )


def _check_config(chosen: argparse.Namespace) -> int:
    from firmware import config

    settings = config.load(chosen.file)
    if unsourced := _unsourced(settings):
        names = ", ".join(unsourced)
        print(f"{chosen.file}: notice: hotel.country: no standard was found for these: {names}")  # noqa: T201
    for notice in config.notices(settings):
        print(f"{chosen.file}: notice: {notice}")  # noqa: T201
    for item in config.not_served(settings):
        print(f"{chosen.file}: not served yet: {item}")  # noqa: T201
    print(f"{chosen.file}: good")  # noqa: T201
    return 0


def _unsourced(settings: Config) -> list[str]:
    """The values of the country's tables that no standard vouches for."""
    from boardsupport.si3050.countries import LINE_CHOICES
    from boardsupport.si3210.countries import LINE_COUNTRIES
    from firmware import config, countries
    from firmware.restriction import TABLES
    from firmware.trunk_countries import TRUNK_COUNTRIES

    country = settings.hotel.country
    rows = {trunk.line or country for trunk in settings.trunks if isinstance(trunk, config.AnalogTrunk)}
    return [
        *countries.unsourced(country),
        *(f"line {name}" for name in LINE_COUNTRIES[country].unsourced()),
        *(f"company line {name} ({row})" for row in sorted(rows) for name in LINE_CHOICES[row].unsourced()),
        *(f"company lines' {name}" for name in (TRUNK_COUNTRIES[country].unsourced() if rows else ())),
        *TABLES[country].unsourced(),
    ]


def _status(chosen: argparse.Namespace) -> int:
    from firmware import product

    return product.status(chosen.data)


def _console(chosen: argparse.Namespace) -> int:
    from firmware.console import client

    return client.run(chosen.data)


def _admin(name: str) -> Act:
    def act(chosen: argparse.Namespace) -> int:
        from firmware import admin

        return int(getattr(admin, name)(chosen))

    return act


def _backup(name: str) -> Act:
    def act(chosen: argparse.Namespace) -> int:
        from firmware.backup import commands

        return int(getattr(commands, name)(chosen))

    return act


def _prompts_render(chosen: argparse.Namespace) -> int:
    from firmware.ivr import prompts

    return prompts.render_command(chosen.data, chosen.library or prompts.LIBRARY)


def _prompts_library(chosen: argparse.Namespace) -> int:
    from firmware.ivr import prompts

    return prompts.library_command(chosen.library or prompts.LIBRARY)


def _menus_check(chosen: argparse.Namespace) -> int:
    from firmware.ivr.menus import book
    from firmware.ivr.texts import PROMPTS

    book.check_files(chosen.files, PROMPTS)
    for file in chosen.files:
        print(f"{file}: good")  # noqa: T201
    return 0


def _diagrams(chosen: argparse.Namespace) -> int:
    from firmware import diagrams

    return diagrams.run(check=chosen.check)


if __name__ == "__main__":
    sys.exit(main())
