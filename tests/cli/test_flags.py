"""Flags: before and after the command, over the environment, which of the manifests they choose."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.http import Wire
from tests.support.projects import release, written


@pytest.fixture
def three(project: Path) -> Path:
    """Three manifests in two folders: one as it is live, and two that are not there."""
    files = {
        "reconcile.yaml": (project / "reconcile.yaml").read_text(),
        "manifests/web/shop.yaml": release("shop", "{pipelineId: {var: id}}"),
        "manifests/web/blog.yaml": release("blog", metadata="dependsOn: [flexdeploy/Release/shop]"),
    }
    files["reconcile.yaml"] += "variables: {id: 3, spare: 1}\n"
    return written(project, files)


def planned(tool: Tool, *arguments: str, **environment: str) -> list[str]:
    """The names of what is planned."""
    found = tool("plan", "-o", "json", *arguments, **environment)
    assert found.code == 0, found.err
    document = found.document
    return [address.rsplit("/", 1)[1] for address in _addresses(document)]


def _addresses(document: dict) -> list[str]:
    return [*(operation["address"] for operation in document["operations"]), *document["unchanged"]]


def test_a_flag_may_stand_before_the_command_or_after_it(tool: Tool, project: Path) -> None:
    for arguments in (
        ["-o", "json", "plan"],
        ["plan", "-o", "json"],
        ["--output=json", "plan"],
        ["plan", "-ojson"],
    ):
        assert tool(*arguments).document["summary"]["unchanged"] == 1


def test_the_flag_after_the_command_wins(tool: Tool, project: Path) -> None:
    assert tool("-o", "json", "plan", "-o", "text").last == "No changes."


def test_flags_on_both_sides_are_taken_together(tool: Tool, three: Path) -> None:
    assert tool("-o", "json", "plan", "--var", "id=9").document["operations"][0]["requests"][0]["body"] == {
        "releaseName": "shop",
        "pipelineId": 9,
    }


def test_a_flag_that_may_be_repeated_adds_to_what_stands_before_the_command(tool: Tool, three: Path) -> None:
    targets = ["--target", "*/blog", "plan", "--target", "*/train", "-o", "json"]
    assert _addresses(tool(*targets).document) == ["flexdeploy/Release/blog", "flexdeploy/Release/train"]
    ran = tool("--report", "json=a.json", "plan", "--report", "markdown=b.md")
    assert ran.code == 0
    assert json.loads((three / "a.json").read_text())["unchanged"]
    assert (three / "b.md").read_text()
    found = tool("--var", "id=9", "--var", "spare=1", "plan", "--var", "spare=2", "-o", "json").document
    assert found["operations"][0]["requests"][0]["body"]["pipelineId"] == 9


def test_of_one_variable_given_twice_the_later_counts(tool: Tool, three: Path) -> None:
    found = tool("--var", "id=9", "plan", "--var", "id=8", "-o", "json").document
    assert found["operations"][0]["requests"][0]["body"]["pipelineId"] == 8


def test_the_folder_of_the_project_may_be_named(tool: Tool, project: Path, tmp_path: Path) -> None:
    tool.folder = tmp_path.parent
    assert tool("-C", project.name, "plan").last == "No changes."
    assert tool("plan", "--chdir", str(project)).last == "No changes."
    assert tool("plan").code == 1


def test_paths_are_typed_from_where_the_command_is_started(tool: Tool, three: Path, tmp_path: Path) -> None:
    tool.folder = tmp_path.parent
    name = three.name
    for chosen in (f"{name}/manifests/web", f"./{name}/manifests/web/", str(three / "manifests/web")):
        assert planned(tool, "-C", name, chosen) == ["shop", "blog"]
    assert tool("-C", name, "plan", "manifests/web").code == 1
    tool.folder = three / "manifests"
    assert planned(tool, "-C", "..", "web") == ["shop", "blog"]
    assert planned(tool, "-C", "..", ".") == ["shop", "blog", "train"]


def test_a_path_may_lead_through_a_link_to_the_project(tool: Tool, three: Path, tmp_path: Path) -> None:
    tool.folder = tmp_path.parent
    (tool.folder / "linked").symlink_to(three)
    assert planned(tool, "-C", "linked", f"{three.name}/manifests/web") == ["shop", "blog"]
    assert planned(tool, "-C", three.name, "linked/manifests/web/shop.yaml") == ["shop"]


def test_the_nearest_path_is_named_as_it_would_be_typed(tool: Tool, three: Path, tmp_path: Path) -> None:
    tool.folder = tmp_path.parent
    name = three.name
    ran = tool("-C", name, "plan", f"{name}/manifests/wev")
    assert f"no manifest in `{name}/manifests/wev`; did you mean `{name}/manifests/web/`?" in ran.err


def test_the_folder_of_a_base_is_typed_from_where_the_command_is_started(
    tool: Tool, three: Path, tmp_path: Path
) -> None:
    tool.folder = tmp_path.parent
    shutil.copytree(three, tmp_path.parent / "then")
    (three / "manifests/train.yaml").write_text(release("train", "{description: new}"))
    document = tool("plan", "-C", three.name, "--base", "./then", "--only", "change", "-o", "json").document
    assert [each["address"] for each in document["operations"]] == ["flexdeploy/Release/train"]


@pytest.fixture
def repository(three: Path) -> Path:
    """The three manifests in a git repository, with a folder of other things beside them."""
    (three / "docs/deep").mkdir(parents=True)
    subprocess.run(["git", "-C", three, "init", "-q"], check=True)
    return three


def test_a_project_is_found_upwards_to_the_top_of_the_repository(tool: Tool, repository: Path) -> None:
    for folder, path in (("docs/deep", "../../manifests/web"), ("manifests", "web")):
        tool.folder = repository / folder
        ran = tool("plan", path, "-o", "json")
        assert _addresses(ran.document) == ["flexdeploy/Release/shop", "flexdeploy/Release/blog"]
        assert f"Taking the project in {repository}: there is no reconcile.yaml here." in ran.err


def test_a_named_folder_is_the_only_one_in_which_a_project_is_looked_for(
    tool: Tool, repository: Path
) -> None:
    for arguments in (["-C", "docs"], ["-C", "docs/deep"]):
        ran = tool("plan", *arguments)
        assert (ran.code, ran.out) == (1, "")
        assert f"no reconcile.yaml in {arguments[1]}" in ran.err


def test_a_project_above_the_repository_or_without_one_is_not_taken(
    tool: Tool, repository: Path, tmp_path: Path
) -> None:
    tool.folder = repository / "docs/deep"
    subprocess.run(["git", "-C", tool.folder, "init", "-q"], check=True)
    assert "no reconcile.yaml here" in tool("plan").err
    shutil.rmtree(tool.folder / ".git")
    assert tool("plan").code == 0
    shutil.rmtree(repository / ".git")
    assert "no reconcile.yaml here" in tool("plan").err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder to somebody else")
def test_a_project_above_that_belongs_to_somebody_else_is_not_taken(tool: Tool, repository: Path) -> None:
    tool.folder = repository / "docs/deep"
    for owned in (repository, repository / ".git"):
        os.chown(owned, 65534, 65534)
    ran = tool("plan")
    assert (ran.code, ran.out) == (1, "")
    assert "belongs to another user; name it with -C" in ran.err
    assert tool("plan", "-C", str(repository)).code == 0


def test_a_command_without_a_project_looks_for_none(tool: Tool, repository: Path) -> None:
    tool.folder = repository / "docs/deep"
    for line in ("explain Release", "init", "schema"):
        assert (tool(*line.split()).code, tool(*line.split()).err) == (0, "")
    assert (tool.folder / "reconcile.yaml").is_file()


def test_files_to_write_are_named_from_where_the_command_is_started(
    tool: Tool, three: Path, tmp_path: Path
) -> None:
    tool.folder = tmp_path.parent / "elsewhere"
    tool.folder.mkdir()
    assert tool("-C", str(three), "plan", "--out", "p.json", "--report", "json=r.json").code == 0
    assert tool("-C", str(three), "export", "--to", "out").code == 0
    assert {file.name for file in tool.folder.iterdir()} == {"p.json", "r.json", "out"}
    assert tool("-C", str(three), "show", "p.json").code == 0
    folded = " ".join(tool("plan", "--help").out.split())
    assert "Every path that is typed is relative to where the command is started." in folded


def test_everything_is_planned_where_nothing_is_chosen(tool: Tool, three: Path) -> None:
    assert planned(tool) == ["shop", "blog", "train"]


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["manifests/web"], ["shop", "blog"]),
        (["manifests/web/"], ["shop", "blog"]),
        (["./manifests/web/blog.yaml"], ["blog"]),
        (["manifests/train.yaml", "manifests/web/shop.yaml"], ["shop", "train"]),
        (["."], ["shop", "blog", "train"]),
    ],
)
def test_a_path_limits_what_is_planned(tool: Tool, three: Path, paths: list[str], names: list[str]) -> None:
    assert planned(tool, *paths) == names


def test_a_path_limits_nothing_of_what_is_loaded(tool: Tool, three: Path) -> None:
    written(three, {"manifests/bad.yaml": release("x", "{zzz: 1}"), "reconcile.yaml": _project(three)})
    ran = tool("plan", "manifests/web")
    assert ran.code == 1
    assert ran.err.startswith("manifests/bad.yaml:4:8: unknown field `zzz`")


@pytest.mark.parametrize(
    ("globs", "names"),
    [
        (["flexdeploy/Release/blog"], ["blog"]),
        (["*/blog"], ["blog"]),
        (["flexdeploy/*/[bs]*"], ["shop", "blog"]),
        (["*/blog", "*/train"], ["blog", "train"]),
    ],
)
def test_a_target_limits_what_is_planned(tool: Tool, three: Path, globs: list[str], names: list[str]) -> None:
    assert planned(tool, *(word for glob in globs for word in ("--target", glob))) == names


def test_a_path_and_a_target_both_have_to_fit(tool: Tool, three: Path) -> None:
    assert planned(tool, "manifests/web", "--target", "*/train", "--target", "*/shop") == ["shop"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["manifests/wev"], "no manifest in `manifests/wev`; did you mean `manifests/web/"),
        (
            ["--target", "flexdeploy/Release/shopp"],
            "nothing is declared as `flexdeploy/Release/shopp`; did you mean `fl",
        ),
        (["--target", "FLEXDEPLOY/*"], "nothing is declared as `FLEXDEPLOY/*`"),
        (["../elsewhere"], "no manifest in `../elsewhere`"),
        (["--target", "blog"], "nothing is declared as `blog`; did you mean `flexdeploy/Release/blog`?"),
        (["--target", "release/shp"], "did you mean `flexdeploy/Release/shop`?"),
        (["--target", "zzz"], "nothing is declared as `zzz`; the nearest is `flexdeploy/Release/"),
        (["shop"], "no manifest in `shop`; did you mean `manifests/web/shop.yaml`?"),
        (["web"], "no manifest in `web`; did you mean `manifests/web/`?"),
        (["qqq"], "no manifest in `qqq`; the nearest is `manifests/"),
    ],
)
def test_what_matches_nothing_is_an_error_with_the_nearest(
    tool: Tool, three: Path, wire: Wire, arguments: list[str], words: str
) -> None:
    ran = tool("plan", *arguments)
    assert (ran.code, wire.log) == (1, [])
    assert words in ran.err


def test_all_that_matches_nothing_is_named_at_once(tool: Tool, three: Path) -> None:
    ran = tool("plan", "a", "manifests/web", "b", "--target", "c", "--target", "*/shop", "--target", "d")
    assert [line.split("`")[1] for line in ran.err.splitlines()] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("given", "pipeline"),
    [("id=7", 7), ("id=0x1F", 31), ("id={ref: flexdeploy/Release/blog}", None), ("id=null", 0)],
)
def test_a_variable_given_is_read_as_yaml(tool: Tool, three: Path, given: str, pipeline: int | None) -> None:
    ran = tool("plan", "-o", "json", "--var", given, "--target", "*/shop")
    if pipeline is None:
        assert "these wait for each other" in ran.err
    else:
        body = ran.document["operations"][0]["requests"][0]["body"]
        assert body.get("pipelineId", 0) == pipeline


def test_the_environment_may_be_named_by_a_variable_and_the_flag_lies_over_it(
    tool: Tool, project: Path
) -> None:
    text = (project / "reconcile.yaml").read_text()
    (project / "reconcile.yaml").write_text(f"{text}environments: {{staging: {{}}, production: {{}}}}\n")
    for arguments, environment, name in (
        (["--env", "staging"], {}, "staging"),
        ([], {"RECONCILE_ENV": "production"}, "production"),
        (["--env", "staging"], {"RECONCILE_ENV": "production"}, "staging"),
    ):
        assert tool("plan", "-o", "json", *arguments, **environment).document["environment"] == name


def test_an_unknown_environment_is_named_with_the_nearest(tool: Tool, project: Path) -> None:
    text = (project / "reconcile.yaml").read_text()
    (project / "reconcile.yaml").write_text(f"{text}environments: {{staging: {{}}}}\n")
    assert "no environment `stagin`; did you mean `staging`?" in tool("plan", "--env", "stagin").err


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("PARALLELISM", "0"),
        ("TIMEOUT", "0"),
        ("RETRIES", "21"),
        ("SETTLE", "3601"),
        ("WAIT", "86401"),
        ("WAIT", "soon"),
    ],
)
def test_a_flag_lies_over_a_bad_variable_only_where_that_is_in_order(
    tool: Tool, project: Path, name: str, bad: str
) -> None:
    apply = ("apply", "--yes")
    assert tool(*apply, **{f"RECONCILE_{name}": bad}).code == 64
    assert tool(*apply, **{f"RECONCILE_{name}": "1"}).code == 0
    assert tool(*apply, **{f"RECONCILE_{name}": ""}).code == 0
    assert tool(*apply, f"--{name.lower()}", "1").code == 0


def test_what_the_environment_says_of_a_flag_that_a_command_lacks_means_nothing_to_it(
    tool: Tool, project: Path
) -> None:
    assert tool("validate", RECONCILE_BASE="no/such/ref").code == 0
    assert tool("export", RECONCILE_BASE="no/such/ref").code == 0


def test_export_takes_the_targets_alone(tool: Tool, project: Path, wire: Wire) -> None:
    wire.releases.rows[7] = {**wire.releases.rows[12101], "releaseId": 7, "releaseName": "other"}
    found = tool("export", "--target", "*/tra*", "-o", "json").document["manifests"]
    assert [each["metadata"]["name"] for each in found] == ["train"]
    ran = tool("export", "--target", "*/train", "--target", "flexdeploy/Release/trian")
    assert (ran.code, ran.out) == (1, "")
    assert "nothing live is `flexdeploy/Release/trian`; did you mean `flexdeploy/Release/train`?" in ran.err


def test_retries_are_those_of_the_flag(tool: Tool, project: Path, wire: Wire) -> None:
    wire.fallbacks["GET"] = (500, {"message": "broken"})
    assert tool("plan", "--retries", "0").code == 1
    assert len(wire.log) == 1


def test_a_verbose_run_logs_each_request_to_standard_error(tool: Tool, project: Path) -> None:
    ran = tool("plan", "-v")
    assert ran.last == "No changes."
    assert "flexdeploy: GET /releases?releaseName=train 200" in ran.err


def test_a_quiet_run_says_nothing_but_its_result(tool: Tool, project: Path) -> None:
    ran = tool("plan", "-q")
    assert (ran.out, ran.err) == ("No changes.\n", "")


def test_a_saved_plan_is_the_json_document(tool: Tool, three: Path) -> None:
    ran = tool("plan", "-o", "json", "--out", "plan.json")
    assert json.loads((three / "plan.json").read_text()) == ran.document


def test_a_plan_that_has_no_place_to_be_is_1_before_anything_is_asked(
    tool: Tool, project: Path, wire: Wire
) -> None:
    ran = tool("plan", "--out", "no/such/folder/plan.json")
    assert (ran.code, wire.log) == (1, [])
    assert "no/such/folder/plan.json cannot be written" in ran.err


def test_two_outputs_have_two_files(tool: Tool, project: Path, wire: Wire) -> None:
    ran = tool("plan", "--out", "same.json", "--report", "json=same.json")
    assert (ran.code, wire.log) == (64, [])
    assert "same.json is named for two outputs" in ran.err


def _project(root: Path) -> str:
    return (root / "reconcile.yaml").read_text()


def test_a_path_and_a_target_that_share_nothing_are_an_error(tool: Tool, project: Path, wire: Wire) -> None:
    (project / "manifests/other.yaml").write_text(release("other"))
    ran = tool("plan", "manifests/other.yaml", "--target", "*/train")
    assert (ran.code, wire.log) == (1, [])
    assert "nothing in manifests/other.yaml is declared as */train: widen one of them" in ran.err
