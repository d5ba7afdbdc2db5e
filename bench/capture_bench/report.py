"""Medians and ratios of the runs, as a table for people, as JSON, and as a part of a page."""
import statistics

from .variants import LOADS, UNTRACED

BEGIN, END = "<!-- {}: begin -->\n", "<!-- {}: end -->\n"


def share_of_untraced(rounds, load, name, value):
    """Median over the rounds of value(run) divided by that of the untraced run of the same round."""
    return statistics.median(value(one[load][name]) / value(one[load][UNTRACED]) for one in rounds)


def per_second(run):
    return run.operations * 1e9 / run.elapsed_ns


def per_cpu_second(run):
    return run.operations * 1e9 / run.traced_cpu_ns


def tracer_us(run):
    return run.tracer_cpu_ns / 1e3 / run.operations


def total_lost(rounds, loads, name):
    counts = [one[load][name].lost for one in rounds for load in loads]
    return None if None in counts else sum(counts)


def summarize(rounds, variants, loads):
    """A row for each variant, with a value for each load."""
    return [{
        "name": variant.name,
        "label": variant.label,
        "throughput": {load: share_of_untraced(rounds, load, variant.name, per_second) for load in loads},
        "cpu": {load: share_of_untraced(rounds, load, variant.name, per_cpu_second) for load in loads},
        "per_second": {load: statistics.median(per_second(one[load][variant.name]) for one in rounds)
                       for load in loads},
        "tracer_us": {load: statistics.median(tracer_us(one[load][variant.name]) for one in rounds)
                      for load in loads},
        "lost": total_lost(rounds, loads, variant.name),
    } for variant in variants]


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def first_row(rows, loads):
    """What the ratios refer to."""
    speeds = rows[0]["per_second"]
    return ["untraced"] + [f"{speeds[load]:,.0f}/s" for load in loads]


def in_words(lost):
    return {0: "none", None: "not known"}.get(lost, f"{lost:,}" if lost else "")


def throughput_table(rows, loads):
    lines = [[row["label"], *(f"{row['throughput'][load]:.2f}" for load in loads), in_words(row["lost"])]
             for row in rows[1:]]
    return table(["", *(LOADS[load] for load in loads), "messages lost"], [first_row(rows, loads) + [""], *lines])


def cpu_table(rows, loads):
    lines = [[row["label"], *(f"{row['cpu'][load]:.2f}, {row['tracer_us'][load]:.1f} µs" for load in loads)]
             for row in rows[1:]]
    return table(["", *(LOADS[load] for load in loads)], lines)


def here(facts, rows, loads):
    low, high = sorted(facts["load_average"])
    return f"""Share of the untraced throughput that remains, median of {facts['rounds']} rounds of \
{facts['seconds']:g} s runs:

{throughput_table(rows, loads)}
The same by CPU time of caller and server alone, which other work on the machine disturbs less; then the
CPU time of the tracing process for each operation, which it spends on another CPU if there is one:

{cpu_table(rows, loads)}
{facts['date']}, Linux {facts['kernel']}, {facts['cpus']} CPUs of {facts['processor']}; load average \
{low:g} to {high:g} (the benchmark itself makes about 1.5). `{facts['command']}`
"""


def in_guest(facts, rows, loads):
    lines = [["untraced", *(f"{1e9 / rows[0]['per_second'][load]:,.0f} instructions" for load in loads), ""]]
    lines += [[row["label"], *(f"{row['throughput'][load]:.2f}" for load in loads), in_words(row["lost"])]
              for row in rows[1:]]
    return f"""Linux {facts['kernel']} in an emulated guest with one CPU: instructions of an operation \
untraced, divided by those
with a capture, what fusewire itself does included. Copies count a byte each, which overstates whole
messages of 128 KiB.

{table(["", *(LOADS[load] for load in loads), "messages lost"], lines)}
{facts['date']}. `{facts['command']}`
"""


def replace_section(page, name, text):
    """The page with what is between the markers of that name replaced."""
    before, begin, rest = page.partition(BEGIN.format(name))
    _, end, after = rest.partition(END.format(name))
    if not end:
        raise SystemExit(f"bench/capture: the page has no section {name}")
    return before + begin + text + end + after
