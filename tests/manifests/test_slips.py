"""Warnings: blanks in names, templates, variables inside texts, secrets in clear."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.projects import lines, loaded, written

HEAD = "apiVersion: flexdeploy/v1\nkind: Release\nmetadata: {name: a}\nspec:\n"


def warned(root: Path, *fields: str, **variables: str) -> list[str]:
    """What is said of a release with these lines in its spec; none of it is an error."""
    text = HEAD + "".join(f"  {field}\n" for field in fields)
    found = loaded(written(root, {"manifests/a.yaml": text}), variables=variables)
    assert found.errors == ()
    return lines(found.problems)


@pytest.mark.parametrize(
    "value", ["train ", " train", "train\\t", "train\\u00a0", "\\u200btrain", "\\ufefftrain"]
)
@pytest.mark.parametrize("field", ["releaseName", "pipelineName"])
def test_a_blank_at_an_end_of_a_name_is_told_at_its_line(tmp_path: Path, field: str, value: str) -> None:
    assert warned(tmp_path, f'{field}: "{value}"') == [
        f"manifests/a.yaml:5:3: `{field}` has a blank at an end of it, which makes it another name: "
        "take it away [blank-in-name]"
    ]


def test_a_blank_that_comes_with_a_variable_or_stands_in_an_entry_is_told_too(tmp_path: Path) -> None:
    (one,) = warned(tmp_path, "releaseName: {var: train}", train="Spring ")
    assert one.endswith("[blank-in-name]")
    (one,) = warned(tmp_path, "properties:", '  - {propertyName: "REGION ", propertyValue: "x "}')
    assert one.startswith("manifests/a.yaml:6:8: `properties[REGION ].propertyName` has a blank")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("for ${BRANCH}", "template"),
        ("${{ github.ref }}", "template"),
        ("{{ .Values.train }}", "template"),
        ("two\\nlines {{\\nx\\n}}", "template"),
        ("train-{var: train}", "value-in-text"),
        ("{var: train}", "value-in-text"),
        ("{ 'env': NAME } of it", "value-in-text"),
        ("see {ref: flexdeploy/Release/b}", "value-in-text"),
    ],
)
def test_what_looks_like_a_value_inside_a_text_is_told(tmp_path: Path, text: str, code: str) -> None:
    (one,) = warned(tmp_path, f'description: "{text}"')
    assert one.startswith("manifests/a.yaml:5:3: `description` holds `")
    assert one.endswith(f"[{code}]")


@pytest.mark.parametrize("text", ["$5 {a}", "{a: b}", "a { var } b", "${", "{{", "var: x", "a b", " a "])
def test_an_ordinary_text_is_not_told(tmp_path: Path, text: str) -> None:
    assert warned(tmp_path, f'description: "{text}"') == []


@pytest.mark.parametrize("name", ["DB_PASSWORD", "apiKey", "token", "Secret.of"])
@pytest.mark.parametrize("value", ["hunter2", "hunter2 ${X}", "{var: hunter2}", " hunter2"])
def test_a_secret_in_clear_is_told_and_not_repeated(tmp_path: Path, name: str, value: str) -> None:
    (one,) = warned(tmp_path, "properties:", f'  - {{propertyName: {name}, propertyValue: "{value}"}}')
    assert one.startswith("manifests/a.yaml:6:")
    assert one.endswith("stands in clear: write {env: NAME} [secret-in-clear]")
    assert "hunter2" not in one


def test_a_secret_by_the_name_of_its_variable_is_as_it_should_be(tmp_path: Path) -> None:
    assert (
        warned(tmp_path, "properties:", "  - {propertyName: TOKEN, propertyValue: {env: TOKEN_OF_ALL}}") == []
    )


def test_a_variable_of_the_project_is_a_secret_in_clear_too(tmp_path: Path) -> None:
    entry = "  - {propertyName: TOKEN, propertyValue: {var: token}}"
    (one,) = warned(tmp_path, "properties:", entry, token="hunter2")
    assert one.endswith("[secret-in-clear]")
    assert "hunter2" not in one


OTHER = """\
---
apiVersion: flexdeploy/v1
kind: Project
metadata: {name: p}
spec:
  release: %s
  projectId: 1
"""


def test_a_reference_that_is_written_as_a_text_is_told_with_how_one_is_written(tmp_path: Path) -> None:
    text = f"{HEAD}  description: x\n{OTHER % 'flexdeploy/Release/a'}  projectStreamId: 2\n  packageName: p\n"
    found = loaded(written(tmp_path, {"manifests/a.yaml": text}))
    assert lines(found.problems) == [
        "manifests/a.yaml:11:3: `release` is the address of what is declared, as a text: "
        "write {ref: flexdeploy/Release/a} [reference-as-text]"
    ]
    assert found.errors == ()


@pytest.mark.parametrize("name", ["flexdeploy/Release/b", "flexdeploy/Project/p", "Spring Train", "a/b/c"])
def test_a_name_that_is_no_address_of_what_is_meant_is_a_name(tmp_path: Path, name: str) -> None:
    text = f"{HEAD}  description: x\n{OTHER % name}  projectStreamId: 2\n  packageName: p\n"
    assert lines(loaded(written(tmp_path, {"manifests/a.yaml": text})).problems) == []
