"""docs/fidelity.md is what the cases say, and no case leaves out how sure it is."""

import pytest
from fidelity_cases import BASES, cases, outcome, sources, subjects
from fidelity_page import MARK, PAGE, page

ALL = [pytest.param(case, id=f"{subject}: {case.name}") for subject in subjects() for case in cases(subject)]


def test_the_page_is_generated_from_the_cases():
    assert PAGE.read_text(encoding="utf-8") == page(), "run make docs"
    assert not MARK.search(page())


def test_every_file_of_cases_is_on_the_page():
    template = (PAGE.parents[1] / "tests/local_glue/fidelity/page.md.template").read_text(encoding="utf-8")
    assert sorted(MARK.findall(template)) == subjects()


def test_every_source_is_used_and_an_address():
    assert {case.values[0].source for case in ALL} == set(sources())
    assert all(source.url.startswith("https://") for source in sources().values())


@pytest.mark.parametrize("case", ALL)
def test_a_case_says_how_sure_it_is_and_shows_what_happens(case):
    assert case.basis in BASES
    assert (case.basis == "inferred") == bool(case.strict), "what is inferred says why the stand-in is the stricter"
    assert bool(case.examples) != bool(case.steps)
    assert all(outcome(example) for example in case.examples)
    assert not case.steps or any("run" in step for step in case.steps)
