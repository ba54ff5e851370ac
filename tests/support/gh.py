"""A stand-in for `gh`, run as a program: the few calls that ci/scripts make, kept in forge.json beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

STATE = Path(__file__).with_name("forge.json")
REMOTE = STATE.parent.parent / "remote.git"


def main(words: list[str]) -> None:
    state = json.loads(STATE.read_text(encoding="utf-8"))
    state["calls"].append(words)
    match words:
        case ["issue", "list", *_]:
            wanted = flag(words, "--label")
            found = [i for i in state["issues"] if i["state"] == "open" and wanted in i["labels"]]
            print(json.dumps([{"number": i["number"], "body": i["body"]} for i in found]))  # noqa: T201
        case ["issue", "create", *_]:
            number = len(state["issues"]) + 1
            labels = [flag(words, "--label")]
            issue = {"number": number, "state": "open", "labels": labels, "comments": []}
            state["issues"].append({**issue, "title": flag(words, "--title"), "body": body(words)})
        case ["issue", "edit", number, *_]:
            state["issues"][int(number) - 1]["body"] = body(words)
        case ["issue", "comment", number, *_]:
            state["issues"][int(number) - 1]["comments"].append(flag(words, "--body"))
        case ["issue", "close", number, *_]:
            state["issues"][int(number) - 1]["state"] = "closed"
            state["issues"][int(number) - 1]["comments"].append(flag(words, "--comment"))
        case ["pr", "list", *_]:
            of = [each for each in state["pulls"] if each["headRefName"] == flag(words, "--head")]
            print(json.dumps([{**each, "headRefOid": head(each)} for each in of]))  # noqa: T201
        case ["pr", "create", *_]:
            pull = {"number": len(state["pulls"]) + 1, "state": "OPEN", "isCrossRepository": False}
            pull |= {"headRefName": flag(words, "--head"), "base": flag(words, "--base"), "comments": []}
            state["pulls"].append({**pull, "title": flag(words, "--title"), "body": body(words)})
        case ["pr", "edit", number, *_]:
            state["pulls"][int(number) - 1]["body"] = body(words)
        case ["pr", "close", number, *_]:
            state["pulls"][int(number) - 1]["state"] = "CLOSED"
            state["pulls"][int(number) - 1]["comments"].append(flag(words, "--comment"))
        case ["pr", "view", *_]:
            print(json.dumps({"comments": state["comments"]}))  # noqa: T201
        case ["pr", "comment", *_]:
            url = f"https://forge.example/pull/7#issuecomment-{len(state['comments'])}"
            state["comments"].append({"viewerDidAuthor": True, "url": url, "body": body(words)})
        case ["api", *_, "PATCH", path, "--field", field]:
            state["comments"][int(path.rpartition("/")[2])]["body"] = text(field.removeprefix("body=@"))
        case ["label", "create", *_]:
            pass
        case _:
            sys.exit(f"gh: nobody taught me {words}")
    STATE.write_text(json.dumps(state), encoding="utf-8")


def head(pull: dict[str, object]) -> str:
    """The commit of a pull request: where its branch stands in the remote, or stood when it was closed."""
    if pull["isCrossRepository"]:
        return "0" * 40
    words = [
        "git",
        "-C",
        str(REMOTE),
        "rev-parse",
        "--verify",
        "--quiet",
        f"refs/heads/{pull['headRefName']}",
    ]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def flag(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


def body(words: list[str]) -> str:
    return text(flag(words, "--body-file"))


def text(file: str) -> str:
    return Path(file).read_text(encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
