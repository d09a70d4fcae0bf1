"""Curves as SVG files that are the same whenever the numbers are; matplotlib is needed by `make scaling` alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path


def draw(path: Path, title: str, unit: str, students: Sequence[int], series: Mapping[str, Sequence[float]]) -> None:
    """Draw one or more series over the number of students, which grows by factors."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt
    from matplotlib.ticker import EngFormatter

    with mpl.rc_context({"svg.hashsalt": "matricula", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
        for name, values in series.items():
            axes.plot(students, values, marker="o", label=name)
        axes.set(title=title, xlabel="students stored", ylabel=unit, xscale="log")
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
        axes.grid(visible=True, alpha=0.3)
        if len(series) > 1:
            axes.legend()
        figure.savefig(path, metadata={"Date": None, "Creator": None})
        plt.close(figure)
