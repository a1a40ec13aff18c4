"""What is said of models and tests, with the labels of the config."""

from __future__ import annotations

import pytest
from coalition.outputs import sentences
from coalition.outputs.stored_results import Sources

LABELS = {"fear": "Fear", "risk": "Risk, five years (log)"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("missing: Risk, five years (log), Fear", ["Risk, five years (log)", "Fear"]),
        ("missing: Fear", ["Fear"]),
        ("missing: Something else", ["Something else"]),
        ("outside the universe", ["outside the universe"]),
    ],
)
def test_reasons_are_counted_by_label_even_where_labels_have_commas(
    text: str, expected: list[str]
) -> None:
    assert sentences.reasons(text, set(LABELS.values())) == expected


def test_a_contrast_is_told_in_words_unless_the_name_is_that_of_a_variable() -> None:
    assert (
        sentences.contrast("more_reserved", "Fear of others")
        == "Change of P(reserved) at high fear of others"
    )
    assert sentences.contrast("one_of_my_own", "Fear") == "One of my own"
    assert (
        sentences.term_label("more_reserved", Sources())
        == "Change of P(reserved) at high values of the other term"
    )
    assert sentences.term_label("more_reserved", Sources({"more_reserved": "More"})) == "More"
    assert (
        sentences.term_label("fear:risk", Sources(LABELS))
        == "Fear \N{MULTIPLICATION SIGN} Risk, five years (log)"
    )
    assert sentences.term_label(None, Sources()) == "Not estimated"


def test_a_term_is_named_as_a_model_that_has_it_names_it() -> None:
    models = [{"labels": {}}, {"labels": {"fear": "Fear, squared"}}]
    assert sentences.label("fear", models, Sources(LABELS)) == "Fear, squared"
    assert sentences.label("risk", models, Sources(LABELS)) == "Risk, five years (log)"


def test_a_small_p_of_the_joint_test_is_below_a_bound_and_equals_nothing() -> None:
    statistics = ["median_effect", "share_of_predicted_sign", "share_significant"]
    test = {
        "statistics": statistics,
        "p_value": [0.0004, 0.012, 0.9997],
        "permutations": 2999,
        "specifications": 100,
    }
    said = sentences.joint({"joint_test": test})
    assert said == (
        "Joint permutation tests (2,999 permutations of states): p < 0.001 for the median, p = "
        "0.012 for the share with the predicted sign, p > 0.999 for the share significant."
    )


def test_the_terms_of_corners() -> None:
    assert sentences.corner_terms(["fear=low, risk=high", "fear=high, risk=high"]) == (
        "fear",
        "risk",
    )
    assert sentences.corner_terms([]) == ("", "")
