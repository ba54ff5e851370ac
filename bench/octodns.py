"""Writes the same amount of work for octoDNS: N records of three values, YAML against YAML, no network.

The live side is a second YAML file; octoDNS reads both, compares, and prints what `--doit` would do.
`python -m bench.octodns FOLDER COUNT` writes both.
"""

from __future__ import annotations

import sys
from pathlib import Path

TOOL = "octodns-sync"
SIDES = ("wanted", "live")


def arguments(folder: Path) -> list[str]:
    """Return the arguments of a plan of what lies in the folder."""
    return ["--config-file", str(folder / "config.yaml")]


def write(folder: Path, count: int) -> None:
    """Write a zone of `count` records and an equal live copy."""
    for side in SIDES:
        (folder / side).mkdir(parents=True)
        records = map(_record, range(count))
        (folder / side / "example.com.yaml").write_text("---\n" + "".join(records))
    providers = "".join(_provider(folder, side) for side in SIDES)
    zones = f"zones:\n  example.com.:\n    sources: [{SIDES[0]}]\n    targets: [{SIDES[1]}]\n"
    (folder / "config.yaml").write_text(f"---\nproviders:\n{providers}{zones}")


def _provider(folder: Path, side: str) -> str:
    kind = "octodns.provider.yaml.YamlProvider"
    return f"  {side}:\n    class: {kind}\n    directory: {folder / side}\n    default_ttl: 3600\n"


def _record(n: int) -> str:
    values = (f"10.{n // 65536 % 256}.{n // 256 % 256}.{n % 256}", "192.0.2.2", "192.0.2.3")
    lines = (
        f"release-{n:06}:",
        "- octodns:",
        "    healthcheck:",
        f"      host: h{n:06}.example.com",
        f"  ttl: {300 + n % 60}",
        "  type: A",
        "  values:",
        *(f"  - {value}" for value in values),
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
