"""The command line."""

import asyncio
import errno
import io
import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console as Screen
from rich.progress import Progress

from bot import app, printing
from bot.adapters.console import Scene
from bot.config import Config
from bot.config import load as load_config
from bot.core.guard import Guard
from bot.errors import PriceUnavailable, SetupError
from bot.messages import Author, Place, Request, Right
from bot.ops.observe import set_up_logging
from bot.prices.candles import Range
from bot.prices.chart import Chart
from bot.prices.quote import PriceQuote
from faq import evaluation
from faq.library import CorpusError
from faq.linear import ModelError
from faq.matcher import Faq

EXIT_SETUP = 78
"""The operator must mend the configuration. Source: sysexits.h, EX_CONFIG."""

EXIT_UNAVAILABLE = 69
"""No price service answers. Source: sysexits.h, EX_UNAVAILABLE."""

EXIT_OUTPUT = 74
"""What is printed cannot be written. Source: sysexits.h, EX_IOERR."""

_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def _checked(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    """Return what was typed, if it is text: bytes that are no UTF-8 arrive as lone surrogates."""
    try:
        (text or "").encode()
    except UnicodeEncodeError:
        raise click.BadParameter("is not valid UTF-8") from None
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """What stands before the subcommand."""

    config: Path | None

    def load(self) -> Config:
        return load_config(self.config)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="btc-safety-bot", message="%(prog)s %(version)s")
@click.option("--config", type=click.Path(path_type=Path), help="Lay this file over the shipped configuration.")
@click.pass_context
def cli(context: click.Context, config: Path | None) -> None:
    """Answer questions on the safety of Bitcoin in Telegram, Discord or this terminal.

    Without a command it serves every platform whose token is set; without a token it opens a chat in the terminal.
    """
    context.obj = _Options(config=config)
    if context.invoked_subcommand is None:
        _run(_configured(context.obj))


@cli.command()
@click.option("--group", default="", callback=_checked, help="Play a group of this name instead of a private chat.")
@click.option("--rights", default="", help="Rights in that group, parted by commas: pin, manage, own.")
@click.option("--lacks", default="", help="Rights that the bot itself lacks there: pin.")
@click.pass_obj
def chat(options: _Options, group: str, rights: str, lacks: str) -> None:
    """Chat in the terminal, whatever tokens are set."""
    scene = Scene(group=group, rights=_rights(rights, "--rights"), lacks=_rights(lacks, "--lacks"))
    if sys.stdin is None:  # whoever started it closed it
        raise SetupError("there is nobody to talk to: run it in a terminal, or pipe into it what is said")
    lines = None if sys.stdin.isatty() else sys.stdin
    asyncio.run(app.chat(_configured(options), scene=scene, lines=lines))


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(options: _Options, file: Path) -> None:
    """Copy what is stored to FILE, while the bot may be running."""
    asyncio.run(app.backup(_configured(options), file))


@cli.command()
@click.argument("text", required=False, callback=_checked)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a question.")
@click.option("--overheard", is_flag=True, help="Treat the question as overheard in a group, not put to the bot.")
@click.option("--explain", is_flag=True, help="Print why the matcher found what it found.")
@click.pass_obj
def ask(options: _Options, text: str | None, as_json: bool, overheard: bool, explain: bool) -> None:
    """Answer TEXT, or each line of standard input."""
    config = _configured(options)
    questions = [text] if text is not None else (line.rstrip("\n") for line in sys.stdin or ())
    if explain:
        _explain(questions, addressed=not overheard)
    elif as_json:
        for line in printing.decisions(questions, faq=app.corpus(), guard=Guard(), addressed=not overheard):
            click.echo(line)
    else:
        asyncio.run(_print_answers(config, questions, addressed=not overheard))


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the measures as one JSON object.")
@click.option("--typos", is_flag=True, help="Write every word of five letters or more with one slip.")
@click.pass_obj
def evaluate(options: _Options, file: Path, as_json: bool, typos: bool) -> None:
    """Measure the matcher on FILE: JSON lines with "q", "topic" and "accept"."""
    _configured(options)
    with Progress(console=Screen(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("questions")
        try:
            measured = evaluation.evaluate(
                app.corpus(),
                file,
                typos=typos,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
        except evaluation.QuestionsError as error:
            raise SetupError(str(error)) from None
    if as_json:
        click.echo(json.dumps(measured.as_dict()))
    else:
        printing.report(measured, screen=Screen())


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print the corpus as JSON lines.")
@click.pass_obj
def check(options: _Options, as_json: bool) -> None:
    """Check configuration and corpus; say what is wrong, one line each."""
    problems: list[str] = []
    try:
        asyncio.run(app.check(options.load()))
    except SetupError as error:
        problems.extend(error.problems)
    try:
        faq = Faq.load()
    except CorpusError as error:
        problems.extend(error.problems)
    except ModelError as error:
        problems.append(str(error))
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise SystemExit(1)
    if as_json:
        for entry in faq.entries.values():
            row = {"id": entry.id, "question": entry.question, "variants": entry.wordings, "answer": entry.answer}
            click.echo(json.dumps(row, ensure_ascii=False))


@cli.command()
@click.argument("currency", default="", callback=_checked)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def price(options: _Options, currency: str, as_json: bool) -> None:
    """Print what 1 BTC costs now, in CURRENCY (ISO 4217)."""
    config = _configured(options)
    quote = asyncio.run(_quote(config, (currency or config.defaults.currency).upper()))
    click.echo(printing.quote_json(quote) if as_json else printing.quote_text(quote))


@cli.command()
@click.argument("reach", type=click.Choice([reach.value for reach in Range]), default=Range.DAY.value)
@click.argument("currency", default="", callback=_checked)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="Where the PNG is written.")
@click.pass_obj
def chart(options: _Options, reach: str, currency: str, output: Path) -> None:
    """Draw what 1 BTC has cost over REACH, in CURRENCY (ISO 4217)."""
    config = _configured(options)
    drawn = asyncio.run(_chart(config, Range(reach), (currency or config.defaults.currency).upper()))
    try:
        output.write_bytes(drawn.png)
    except OSError as error:
        raise SetupError(f"{output}: cannot be written ({error.strerror}); choose another file") from None
    click.echo(printing.chart_text(drawn.facts))


def main() -> None:
    """Run the command line; errors that a person can mend are one sentence, and a closed pipe ends quietly."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        cli(prog_name="btc-safety-bot")
    except SetupError as error:
        for problem in error.problems:
            click.echo(f"btc-safety-bot: {problem}", err=True)
        raise SystemExit(EXIT_SETUP) from None
    except PriceUnavailable as error:
        click.echo(f"btc-safety-bot: {error}: check the network and [prices] in config.toml, or try later", err=True)
        raise SystemExit(EXIT_UNAVAILABLE) from None
    except (OSError, ExceptionGroup) as error:
        if not (cause := _output_error(error)):
            raise
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:  # for what is still to be written at exit
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        click.echo(f"btc-safety-bot: what it prints cannot be written ({cause.strerror})", err=True)
        raise SystemExit(EXIT_OUTPUT) from None


def _output_error(error: Exception) -> OSError | None:
    """Return the first error of a full or broken disk, in a group of errors too: only output meets it uncaught."""
    if isinstance(error, OSError) and error.errno in _UNWRITABLE:
        return error
    if isinstance(error, ExceptionGroup):
        return next((found for inner in error.exceptions if (found := _output_error(inner))), None)
    return None


def _run(config: Config) -> None:
    """Run the bot until it is stopped: by Ctrl-C, or cleanly by SIGTERM."""
    if sys.stdin is None:  # whoever started it closed it: nobody says anything
        sys.stdin = io.StringIO()
    try:
        asyncio.run(app.run(config))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except asyncio.CancelledError:
        raise SystemExit(0) from None


def _rights(names: str, option: str) -> frozenset[Right]:
    try:
        return frozenset(Right(name.strip()) for name in names.split(",") if name.strip())
    except ValueError:
        raise click.BadParameter(
            "should be a list of pin, manage and own, parted by commas", param_hint=option
        ) from None


def _configured(options: _Options) -> Config:
    """Return the configuration; without a token nobody needs to be told what goes well: it would stand in the chat."""
    config = options.load()
    level = "WARNING" if config.bot.log_level == "INFO" and not app.has_token(config) else config.bot.log_level
    set_up_logging(level, secrets=config.secrets.values())
    return config


async def _quote(config: Config, currency: str) -> PriceQuote:
    async with app.market(config) as market:
        _check_served(currency, market.ticker.currencies())
        return await market.ticker.quote(currency)


async def _chart(config: Config, reach: Range, currency: str) -> Chart:
    async with app.market(config) as market:
        _check_served(currency, market.charts.currencies())
        return await market.charts.chart(reach, currency)


def _check_served(currency: str, served: Sequence[str]) -> None:
    if not served:
        raise SetupError("prices are switched off; name some sources under [prices] in config.toml")
    if currency not in served:
        raise click.BadParameter(f"{currency} is not served; these are: {', '.join(served)}", param_hint="CURRENCY")


def _explain(questions: Iterable[str], *, addressed: bool) -> None:
    faq, guard, screen = app.corpus(), Guard(), Screen(highlight=False)
    for question in questions:
        if guard.catches(question, addressed=addressed):
            screen.print("the guard caught it: the matcher does not see it")
        else:
            printing.explanation(faq.explain(question), screen=screen)


async def _print_answers(config: Config, questions: Iterable[str], *, addressed: bool) -> None:
    async with app.forgetful(config) as assistant:
        for number, question in enumerate(questions):
            channel = str(number)
            request = Request(
                command="ask",
                argument=question,
                id=channel,
                place=Place(platform="console", group="" if addressed else "others", channel=channel, direct=addressed),
                author=Author(id=channel),
                addressed=addressed,
                free=True,
            )
            if reply := await assistant.answer(request):
                click.echo(f"{printing.reply_text(reply)}\n")


if __name__ == "__main__":
    main()
