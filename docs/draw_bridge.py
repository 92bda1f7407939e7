# /// script
# dependencies = ["duckdb==1.5.5", "matplotlib"]
# ///
"""Draws docs/mrr_bridge.svg, the README's picture, from a built demo: `python docs/draw_bridge.py warehouse/cs_metrics.duckdb`."""

import sys
from pathlib import Path

import duckdb
import matplotlib.pyplot as plt

UP = {"new_mrr": ("new", "#1b6e53"), "reactivation_mrr": ("reactivation", "#5aa487"), "expansion_mrr": ("expansion", "#a9d3c1")}
DOWN = {"contraction_mrr": ("contraction", "#e8b9a8"), "churned_mrr": ("churn", "#c2573a")}

with duckdb.connect(sys.argv[1], read_only=True) as database:
    rows = database.execute(
        f"""
        select strftime(month, '%b %y') as label, {", ".join(f"{name}::double as {name}" for name in [*UP, *DOWN])},
            mrr::double as mrr, nrr_12m::double as nrr
        from metrics.monthly_summary where policy = 'standard' and not is_provisional
        order by month desc limit 12
        """
    ).fetchall()[::-1]

names = ["label", *UP, *DOWN, "mrr", "nrr"]
months = [dict(zip(names, row)) for row in rows]
places = range(len(months))

plt.rcParams.update({"font.family": "sans-serif", "font.size": 9, "svg.hashsalt": "cs_metrics"})
figure, axes = plt.subplots(figsize=(9, 3.6), layout="constrained")
for series, sign in ((UP, 1), (DOWN, -1)):
    base = [0.0] * len(months)
    for name, (label, colour) in series.items():
        values = [sign * month[name] / 1000 for month in months]
        axes.bar(places, values, bottom=base, color=colour, width=0.62, label=label)
        base = [below + value for below, value in zip(base, values)]
top = max(sum(month[name] for name in UP) for month in months) / 1000
for place, month in zip(places, months):
    axes.text(place, top * 1.12, f"{month['mrr'] / 1000:,.0f}k\n{month['nrr']:.0%}", ha="center", color="#444444", fontsize=8)
axes.text(-0.5, top * 1.12, "MRR\nNRR", ha="right", color="#444444", fontsize=8)
axes.axhline(0, color="#444444", linewidth=0.8)
axes.set_xticks(places, [month["label"] for month in months])
axes.set_ylabel("thousand USD a month")
axes.set_ylim(top=top * 1.3)
axes.set_xlim(-1.3, len(months) - 0.5)
axes.set_yticks([tick for tick in axes.get_yticks() if tick <= top and tick >= axes.get_ylim()[0]])
axes.spines[["top", "right", "bottom", "left"]].set_visible(False)
axes.legend(ncols=5, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.1))
figure.savefig(Path(__file__).with_name("mrr_bridge.svg"), metadata={"Date": None})
