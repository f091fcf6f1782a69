"""The command `dossier`: words in, work done, exit status out. Heavy rooms are entered only by the command that needs them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flows import VERSION

if TYPE_CHECKING:
    from pipeline.errors import DossierError
    from pipeline.settings import Settings

STOPPED = 130
"""The exit status of a run that Ctrl-C or SIGTERM ended."""

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: dict[str, Callable[[F], F]] = {
    "reports": click.option("--reports", metavar="STORE", help="Where reports go: a folder or s3://bucket/prefix."),
    "work": click.option("--work", metavar="DIR", help="Cache, ledger and Prefect's home.  [default: ./.dossier]"),
    "workers": click.option("--workers", metavar="N", help="Processes that read.  [default: the cores there are]"),
    "engine": click.option("--engine", metavar="NAME", help="OCR engine: rapidocr or tesseract.  [default: rapidocr]"),
    "as_of": click.option("--as-of", metavar="DATE", help="The day to judge on, where a case has no submitted_on.  [default: today]"),
    "config": click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Settings.  [default: ./dossier.toml]"),
    "lang": click.option("--lang", metavar="zh|en", help="Language of what a person reads.  [default: zh]"),
    "json": click.option("--json", "as_json", is_flag=True, help="The result as JSON on stdout, and nothing else there."),
    "quiet": click.option("--quiet", "-q", is_flag=True, help="No progress."),
    "verbose": click.option("--verbose", "-v", is_flag=True, help="The traceback too, where the program itself fails."),
}  # fmt: skip


def shared(*names: str) -> Callable[[F], F]:
    """The options of that name, which mean the same for every command."""

    def add(command: F) -> F:
        for name in reversed(names):
            command = _OPTIONS[name](command)
        return command

    return add


def settings_of(options: dict[str, Any], **more: Any) -> Settings:
    """Option over environment over file; raises UsageError."""
    from pipeline.settings import load_settings

    names = ("reports", "work", "workers", "engine", "as_of", "lang")
    given: dict[str, Any] = {name: options[name] for name in names if name in options}
    return load_settings(options.get("config"), os.environ, {**given, **more})


# ---------------------------------------------------------------- the group


class _Dossier(click.Group):
    """Turns what went wrong into one line on stderr and an exit status."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        from pipeline.errors import DossierError

        try:
            return super().main(*args, **kwargs)
        except DossierError as error:
            sys.exit(_said(error))
        except KeyboardInterrupt:
            sys.exit(STOPPED)
        except Exception as error:
            sys.exit(_bug(error))


def _said(error: DossierError) -> int:
    if _verbose():
        import traceback

        traceback.print_exc()
    if error.status == STOPPED:
        sys.stderr.flush()
        os._exit(STOPPED)  # all is put away; threads that still wait for a silent store are not waited for
    click.echo(f"dossier: {error}" + (f"\n  → {error.advice}" if error.advice else ""), err=True)
    return error.status


def _bug(error: Exception) -> int:
    """A bug of ours: its kind and place; its text only where asked for, because it may quote a paper."""
    import traceback

    if _verbose():
        traceback.print_exc()
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    click.echo(
        f"dossier: a fault of the program: {type(error).__name__} at {place} (--verbose tells more)", err=True
    )
    return 1


def _verbose() -> bool:
    return bool({"--verbose", "-v"} & set(sys.argv[1:]))


@click.group(cls=_Dossier, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="dossier")
def main() -> None:
    """Reads the papers of mortgage applications and says what is missing and what does not agree.

    \b
    dossier demo                             sample cases, from papers to reports
    dossier run s3://loans/inbox             every new or changed case of a bucket
    dossier check ./case-17                  one case from a folder
    dossier read 流水.pdf --json             what a file holds, field by field

    Exit status: 0 the work was done, whatever it found; 1 a file or case was lost to a fault of the
    program; 2 wrong usage; 3 the store could not be reached; 130 stopped.
    """


# ---------------------------------------------------------------- the night


@main.command(short_help="Every new or changed case of a store.")
@click.argument("store", required=False)
@click.option("--all", "everything", is_flag=True, help="Unchanged cases too.")
@shared("reports", "work", "workers", "engine", "as_of", "config", "lang", "json", "quiet", "verbose")
def run(store: str | None, everything: bool, as_json: bool, quiet: bool, **options: Any) -> None:
    """Runs every new or changed case of STORE and writes their reports and the index of the batch.

    \b
    dossier run ./bucket --reports ./reports
    dossier run s3://loans/inbox --workers 4
    dossier run --all --as-of 2026-06-30
    """
    from flows.night import run_night
    from flows.progress import watcher
    from flows.stages import kit_of
    from pipeline.report import batch_json, dump
    from pipeline.stores import open_store, reports_url

    settings = settings_of(options, store=store)
    reports = reports_url(settings.store, settings)
    next(
        open_store(settings.store, settings).folders(), None
    )  # one out of reach is told before anything is started
    kit = kit_of(settings, reports)
    watching = watcher(settings.lang, quiet)
    try:
        night = run_night(kit, asked=settings.as_of is not None, everything=everything, watcher=watching)
    finally:
        watching.end()
    if as_json:
        sys.stdout.buffer.write(dump(batch_json(night.batch)))
    elif not quiet:
        from flows.tables import batch_table

        batch_table(night.batch, night.index, settings.lang)
    sys.exit(night.status)


@main.command(short_help="Sample cases, from papers to reports.")
@click.option(
    "--folder", default="demo", show_default=True, type=click.Path(path_type=Path), help="Where to make them."
)
@shared("workers", "engine", "lang", "quiet", "verbose")
def demo(folder: Path, quiet: bool, **options: Any) -> None:
    """Draws sample cases into a local bucket, runs the night on them, and says where the report is.

    \b
    dossier demo
    dossier demo --folder /tmp/demo --lang en
    """
    from flows.demo import run_demo

    sys.exit(run_demo(folder, settings_of(options, **_demo_places(folder)), quiet))


def _demo_places(folder: Path) -> dict[str, Any]:
    return {"store": str(folder / "bucket"), "reports": str(folder / "reports"), "work": folder / "work"}


# ---------------------------------------------------------------- one case, one file


@main.command(short_help="One case from a folder or files.")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH…"
)
@shared("reports", "work", "workers", "engine", "as_of", "config", "lang", "json", "quiet", "verbose")
def check(paths: tuple[Path, ...], as_json: bool, quiet: bool, **options: Any) -> None:
    """Checks one case: a folder, or the files given. With --reports its report pages are written there too.

    \b
    dossier check ./case-17
    dossier check ./case-17 --reports ./out
    dossier check 身份证.jpg 流水.pdf --json
    """
    from flows.single import check_case

    settings = settings_of(options)
    sys.exit(check_case(paths, settings, options.get("reports"), as_json, quiet))


@main.command(short_help="What files hold, field by field.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE…")  # fmt: skip
@shared("work", "workers", "engine", "config", "lang", "json", "quiet", "verbose")
def read(files: tuple[Path, ...], as_json: bool, quiet: bool, **options: Any) -> None:
    """Shows the documents in the files given: their fields with confidence and place.

    \b
    dossier read 身份证.jpg
    dossier read scans/*.pdf --json > read.json
    """
    from flows.single import read_files

    sys.exit(read_files(files, settings_of(options), as_json, quiet))


# ---------------------------------------------------------------- beginning, looking after


@main.command(short_help="Writes an application.yaml to fill in.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def new(folder: Path) -> None:
    """Makes FOLDER with an application.yaml to fill in; one that is there stays as it is.

    \b
    dossier new ./bucket/case-18
    """
    from flows.template import write_template

    click.echo(write_template(folder))


@main.command(short_help="Is everything here: engine, fonts, store, disk.")
@click.argument("store", required=False)
@shared("reports", "work", "engine", "config", "lang", "json", "verbose")
def doctor(store: str | None, as_json: bool, **options: Any) -> None:
    """Looks at what the program needs: OCR languages, fonts, models, store, disk. Exit status 1 where something lacks.

    \b
    dossier doctor
    dossier doctor s3://loans/inbox
    """
    from flows.doctor import examine

    sys.exit(examine(settings_of(options, store=store), store is not None, as_json))


if __name__ == "__main__":
    main()
