"""The `nightporter` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from firmware import log
from firmware.errors import ConfigError, NightPorterError
from firmware.processes import InUseError

WRONG_CONFIG = 2
IN_USE = 3
ROLES = ("desk", "housekeeping", "manager", "technician")

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


def _process_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for name, act, text in (
        ("run", _run, "start the whole product in the foreground, and start again what dies"),
        ("supervisor", _supervisor, "the control plane alone: call agent, database, pages (run starts it)"),
        ("voice", _voice, "the media gateway alone: telephones and audio (run starts it)"),
        ("bench", _bench, "the simulated board and the world outside alone (run starts it)"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--config", type=Path, required=True, metavar="FILE", help="the hotel's configuration")
        _data_option(command)
        command.set_defaults(act=act)
    command = commands.add_parser("check-config", help="name every fault of a configuration, and what is notable in it")
    command.add_argument("file", type=Path, metavar="FILE")
    command.set_defaults(act=_check_config)
    command = commands.add_parser("status", help="what runs for a data directory; exit status 1 if it is not ready")
    _data_option(command)
    command.set_defaults(act=_status)


def _admin_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    token = commands.add_parser("token", help="tokens, by which programs use the API").add_subparsers(
        metavar="ACTION", required=True
    )
    command = token.add_parser("create", help="make a token and print it, once, alone on standard output")
    _name_and_role(command)
    command.set_defaults(act=_admin("token_create"))
    _data_option(token_list := token.add_parser("list", help="names, roles, when made and last used"))
    token_list.set_defaults(act=_admin("token_list"))
    command = token.add_parser("revoke", help="end a token at once")
    command.add_argument("name", metavar="NAME")
    _data_option(command)
    command.set_defaults(act=_admin("token_revoke"))

    user = commands.add_parser("user", help="people who log in on the pages").add_subparsers(
        metavar="ACTION", required=True
    )
    command = user.add_parser("add", help="add a person; the password comes from a prompt or standard input")
    _name_and_role(command)
    command.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    command.set_defaults(act=_admin("user_add"))
    _data_option(user_list := user.add_parser("list", help="names and roles"))
    user_list.set_defaults(act=_admin("user_list"))
    command = user.add_parser("remove", help="remove a person")
    command.add_argument("name", metavar="NAME")
    _data_option(command)
    command.set_defaults(act=_admin("user_remove"))

    prompts = commands.add_parser("prompts", help="spoken prompts").add_subparsers(metavar="ACTION", required=True)
    command = prompts.add_parser("render", help="make the prompts that are missing, in all languages, now")
    _data_option(command)
    command.set_defaults(act=_prompts)
    diagrams = commands.add_parser("diagrams", help="draw the state machines into docs/ from their tables")
    diagrams.add_argument("--check", action="store_true", help="only say whether they are current (exit status 1: no)")
    diagrams.set_defaults(act=_diagrams)


def _name_and_role(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", metavar="NAME")
    command.add_argument("--role", choices=ROLES, required=True)
    _data_option(command)


def _data_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, required=True, metavar="DIR", help="the data directory")


def _run(chosen: argparse.Namespace) -> int:
    from firmware import product

    return product.run(chosen.config, chosen.data)


def _supervisor(chosen: argparse.Namespace) -> int:
    from firmware import config
    from firmware.processes import RunDirectory
    from firmware.supervisor import main as supervisor

    settings = config.load(chosen.config)
    RunDirectory(chosen.data).make().hold("supervisor", settings.digest())
    return supervisor.run(settings, chosen.data)


def _voice(chosen: argparse.Namespace) -> int:
    from firmware import config
    from firmware.processes import RunDirectory
    from firmware.voice import main as voice

    settings = config.load(chosen.config)
    RunDirectory(chosen.data).make().hold("voice", settings.digest())
    return voice.run(settings, chosen.data)


def _bench(chosen: argparse.Namespace) -> int:
    from boardsupport.bench import main as bench
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
        labels={entry.port: entry.number for entry in settings.extensions if entry.port},
    )


def _check_config(chosen: argparse.Namespace) -> int:
    from boardsupport.si3210.countries import LINE_COUNTRIES
    from firmware import config, countries

    settings = config.load(chosen.file)
    country = settings.hotel.country
    unsourced = [*countries.unsourced(country), *(f"line {name}" for name in LINE_COUNTRIES[country].unsourced())]
    if unsourced:
        names = ", ".join(unsourced)
        print(f"{chosen.file}: notice: hotel.country: no standard was found for these: {names}")  # noqa: T201
    for notice in config.notices(settings):
        print(f"{chosen.file}: notice: {notice}")  # noqa: T201
    for item in config.not_served(settings):
        print(f"{chosen.file}: not served yet: {item}")  # noqa: T201
    print(f"{chosen.file}: good")  # noqa: T201
    return 0


def _status(chosen: argparse.Namespace) -> int:
    from firmware import product

    return product.status(chosen.data)


def _admin(name: str) -> Callable[[argparse.Namespace], int]:
    def act(chosen: argparse.Namespace) -> int:
        from firmware import admin

        return int(getattr(admin, name)(chosen))

    return act


def _prompts(chosen: argparse.Namespace) -> int:
    from firmware.ivr import prompts

    return prompts.render_command(chosen.data)


def _diagrams(chosen: argparse.Namespace) -> int:
    from firmware import diagrams

    return diagrams.run(check=chosen.check)


if __name__ == "__main__":
    sys.exit(main())
