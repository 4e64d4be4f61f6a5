"""The statement's charts as SVG.

Amounts go in as decimal text; only the drawing makes them lengths.
"""

import json
from functools import cache

import altair as alt
import vl_convert

from linernotes.packages.fonts import text_font_folder

# Safe for the colour-blind (Okabe and Ito).
COLOURS = {"Amount due": "#0072B2", "On hold": "#E69F00"}
FONT = "Inter"


def monthly_chart(currency_code: str, rows: list[dict[str, str]]) -> str:
    """Amount due and on hold by report month, side by side.

    Args:
        currency_code: The amounts' currency, for the axis.
        rows: `month` as YYYY-MM, `kind` (`Amount due` or `On hold`) and `amount` as decimal text.
    """
    bars = (
        alt.Chart(alt.Data(values=rows), mark=alt.MarkDef(type="bar", cornerRadiusEnd=2))
        .encode(
            x=alt.X("month:N", title=None, axis=alt.Axis(labelAngle=0)),
            xOffset=alt.XOffset("kind:N", sort=list(COLOURS)),
            y=alt.Y("length:Q", title=currency_code, axis=alt.Axis(format=",~f", tickCount=4)),
            color=alt.Color(
                "kind:N",
                sort=list(COLOURS),
                scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
                legend=alt.Legend(title=None, orient="top", direction="horizontal"),
            ),
        )
        .transform_calculate(length="toNumber(datum.amount)")
        .properties(width=620, height=130)
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(labelColor="#5B6478", titleColor="#5B6478", gridColor="#E4E7EE")
    )
    _register_fonts()
    return vl_convert.vegalite_to_svg(json.loads(bars.to_json()))


@cache
def _register_fonts() -> None:
    vl_convert.register_font_directory(str(text_font_folder()))
