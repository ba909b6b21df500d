"""A line chart on two logarithmic axes as SVG, by hand: one picture is not worth a plotting library."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import NamedTuple

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 400, 70, 50, 30, 60
COLOURS = ("#0b62a4", "#c4590b", "#3a7d2c")

Points = list[tuple[float, float]]


class Axes(NamedTuple):
    """The decades that the axes show: exponents of ten."""

    x0: int
    x1: int
    y0: int
    y1: int

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a value stands in the picture."""
        across = (log10(x) - self.x0) / (self.x1 - self.x0)
        up = (log10(y) - self.y0) / (self.y1 - self.y0)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)


def chart(title: str, across: str, up: str, lines: dict[str, Points]) -> str:
    """Return the chart of these lines, {name: [(x, y), ...]}."""
    every = [point for points in lines.values() for point in points]
    axes = Axes(
        floor(log10(min(x for x, _y in every))),
        ceil(log10(max(x for x, _y in every))),
        floor(log10(min(y for _x, y in every))),
        ceil(log10(max(y for _x, y in every))),
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" role="img">',
        f"<title>{title}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(WIDTH / 2, 26, title, "middle", "16"),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, across, "middle"),
        f'<text transform="translate(18 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">{up}</text>',
        *_grid(axes),
    ]
    for number, (name, points) in enumerate(lines.items()):
        parts += _line(axes, name, points, COLOURS[number % len(COLOURS)], number)
    return "\n".join([*parts, "</svg>", ""])


def _grid(axes: Axes) -> list[str]:
    parts = []
    for exponent in range(axes.x0, axes.x1 + 1):
        x, bottom = axes.place(10.0**exponent, 10.0**axes.y0)
        parts += [_rule(x, TOP, x, bottom), _text(x, bottom + 20, f"{10**exponent:,}", "middle")]
    for exponent in range(axes.y0, axes.y1 + 1):
        left, y = axes.place(10.0**axes.x0, 10.0**exponent)
        parts += [
            _rule(left, y, WIDTH - RIGHT, y),
            _text(left - 8, y + 4, f"{10.0**exponent:,.{max(0, -exponent)}f}", "end"),
        ]
    return parts


def _line(axes: Axes, name: str, points: Points, colour: str, number: int) -> list[str]:
    places = [axes.place(x, y) for x, y in points]
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>']
    for (x, y), (_x, value) in zip(places, points, strict=True):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
        anchor = "start" if x < LEFT + 20 else "end"
        above = y - 9 if number else y + 19  # the first line's numbers stand below it, the others' above
        parts.append(_text(x, above, f"{value:.2f}" if value < 10 else f"{value:.0f}", anchor, "12", colour))
    row = TOP + 18 + 20 * number
    parts.append(f'<rect x="{LEFT + 12}" y="{row - 10}" width="12" height="12" fill="{colour}"/>')
    return [*parts, _text(LEFT + 30, row, name, "start")]


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#d0d0d0"/>'


def _text(x: float, y: float, text: str, anchor: str, size: str = "13", colour: str = "#222222") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{text}</text>'
