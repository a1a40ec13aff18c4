"""The words that are printed for names."""

from __future__ import annotations

from coalition.outputs import display_names


def test_a_message_names_labels_and_leaves_other_words_alone() -> None:
    names = {
        "fear": "Fear",
        "size": "Size of it",
        "fear:size": "Fear \N{MULTIPLICATION SIGN} Size of it",
    }
    assert (
        display_names.with_labels("by fear, fear:size: and (size)", names)
        == "by Fear, Fear \N{MULTIPLICATION SIGN} Size of it: and (Size of it)"
    )
    assert (
        display_names.with_labels("Size of it and size", names | {"it": "It"})
        == "Size of it and Size of it"
    )
    assert (
        display_names.with_labels("fearless, log(size), size[a], my_size", names)
        == "fearless, log(size), size[a], my_size"
    )


def test_numbers_of_columns_join_runs() -> None:
    assert display_names.numbers([1, 2, 3, 5, 7, 8]) == "(1)\N{EN DASH}(3), (5), (7)\N{EN DASH}(8)"


def test_a_label_within_a_sentence_keeps_the_capital_of_an_abbreviation_or_a_one_letter_word() -> (
    None
):
    assert display_names.low("Fear of abandonment") == "fear of abandonment"
    assert display_names.low("GDP per head") == "GDP per head"
    assert display_names.low("A measure") == "A measure"
    assert display_names.low("") == ""


def test_by_column_numbers_what_not_all_columns_say() -> None:
    assert display_names.by_column({1: ["logit"], 2: ["logit"], 3: ["probit"]}, [1, 2, 3]) == [
        "(1)\N{EN DASH}(2) logit",
        "(3) probit",
    ]
    assert display_names.by_column({1: ["logit"], 2: ["logit"]}, [1, 2]) == ["logit"]
