"""`make bench`: take the measures named on the command line, or all, and print the table of docs/performance.md."""

import sys

from bench import documents as documents
from bench import exports as exports
from bench import figures as figures
from bench import mail as mail
from bench import marks as marks
from bench import registration as registration
from bench.measures import MEASURES, Line
from bench.stage import stage

HEAD = "| mesure | atteint | référence | rapport | but | |\n|---|---|---|---|---|---|"


def row(line: Line) -> str:
    """One line of the table, as Markdown."""
    ratio = f"{line.ratio:.2f}" if line.ratio is not None else "–"
    return f"| {line.job} | {line.reached} | {line.reference} | {ratio} | {line.goal} | {'✓' if line.kept else '✗'} |"


def main(names: list[str]) -> int:
    """Print each line as soon as it is measured; leave with 1 if a goal is missed, 2 for an unknown name."""
    unknown = set(names) - set(MEASURES)
    if unknown:
        print(f"Mesures connues : {', '.join(MEASURES)}", file=sys.stderr)
        return 2
    print(HEAD)
    missed = 0
    for name in names or MEASURES:
        with stage() as open_stage:
            for line in MEASURES[name](open_stage):
                print(row(line), flush=True)
                missed += not line.kept
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
