"""Writes sample feeds, and runs the demonstration. `sampleservice` makes the feeds."""

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.root import Scale, Seed, app


@app.command()
def demo(
    context: typer.Context,
    scale: Scale = 0.1,
    seed: Seed = 1,
) -> None:
    """Run six months of sample data through the whole pipeline.

    It uses the configured home if one is set, or else its own, and empties it each time.
    """
    from linernotes.base.settings import DEFAULT, Settings, origin_of_home
    from linernotes.cli.console import print_home
    from linernotes.cli.demo import run_demo

    origin = "--home" if context.obj else origin_of_home()
    settings = Settings.model_validate({"home": context.obj} if context.obj else {})
    home = settings.home / "demo" if origin == DEFAULT else settings.home
    print_home(home, origin)
    run_demo(home, scale, seed)


@app.command()
def sample(
    out: Annotated[Path, typer.Option(help="The folder to write the feeds into.")],
    scale: Scale = 1.0,
    feed_scale: Annotated[
        list[str] | None,
        typer.Option(metavar="FEED=N", help="A separate scale for one feed; may be repeated."),
    ] = None,
    seed: Seed = 1,
    months: Annotated[int, typer.Option(min=1, help="How many months.")] = 6,
) -> None:
    """Write the sample service's feeds into a folder."""
    from linernotes.cli.console import print_line
    from sampleservice import write_sample

    write_sample(out, scale, _feed_scales(feed_scale or []), seed, months)
    print_line(f"The feeds are in {out}. Load them: linernotes load --landing {out}")


def _feed_scales(texts: list[str]) -> dict[str, float]:
    scales = {}
    for text in texts:
        feed, _, number = text.partition("=")
        try:
            scales[feed] = float(number)
        except ValueError:
            raise typer.BadParameter(
                f"{text!r} should be a feed and a number, such as removals=10.",
                param_hint="--feed-scale",
            ) from None
    return scales
