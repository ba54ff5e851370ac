"""The same amount of work for octoDNS: N records of three values, YAML against YAML, no network.

The live side is a second YAML file; octoDNS reads both, compares, and prints what `--doit` would do.
"""

from __future__ import annotations

from pathlib import Path

TOOL = "octodns-sync"
SIDES = ("wanted", "live")


def write(folder: Path, count: int) -> list[str]:
    """A zone of `count` records and an equal live copy; the arguments of a plan."""
    for side in SIDES:
        (folder / side).mkdir(parents=True)
        records = map(_record, range(count))
        (folder / side / "example.com.yaml").write_text("---\n" + "".join(records))
    providers = "".join(_provider(folder, side) for side in SIDES)
    zones = f"zones:\n  example.com.:\n    sources: [{SIDES[0]}]\n    targets: [{SIDES[1]}]\n"
    (folder / "config.yaml").write_text(f"---\nproviders:\n{providers}{zones}")
    return ["--config-file", str(folder / "config.yaml")]


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
