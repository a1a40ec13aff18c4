"""What each kind of table says, beyond its numbers."""

from __future__ import annotations

import pytest
from coalition.outputs import display_names
from coalition.outputs.tables import build
from coalition.outputs.tables.regression import term_order
from coalition.outputs.tables.table import Row, Table
from table_fixture import LABELS, NASTY, SPECS, model, models, robustness, sources

DASH = "\N{EM DASH}"


def table(name: str) -> Table:
    return build(name, SPECS[name], sources())


def row(of: Table, label: str, after: str = "") -> Row:
    """Return the first row of this label, after the heading that begins so."""
    position = (
        next(
            i
            for i, row in enumerate(of.rows)
            if row.kind == "group" and row.label.startswith(after)
        )
        if after
        else 0
    )
    return next(row for row in of.rows[position:] if row.label == label and row.kind != "group")


def texts(of: Row) -> list[str]:
    return [cell.text for cell in of.cells]


def foot(of: Table) -> str:
    return "\n".join(of.notes)


def test_columns_are_numbered_and_grouped_by_outcome() -> None:
    found = table("ordered")
    assert [column.number for column in found.columns] == ["(1)", "(2)", "(3)", "(4)"]
    assert found.groups == (("Level (0-3)", 2), ("Joined", 1), ("Troops", 1))


def test_a_failed_model_prints_dashes_and_its_numbered_reason() -> None:
    found = table("binary")
    assert [texts(row(found, label))[3] for label in ("Fear", LABELS["power"], "Constant")] == [
        DASH,
        DASH,
        DASH,
    ]
    assert texts(row(found, "Log likelihood"))[3] == DASH
    assert texts(row(found, "N"))[4] == DASH
    separated = (
        f"(4) not estimated (separation): the outcome is separated by {LABELS['power']}: "
        "logit has no finite maximum likelihood"
    )
    assert any(note.startswith(separated) for note in found.notes)
    assert "(5) not estimated (too few rows): no row has the outcome and every term." in found.notes


def test_the_counts_of_a_failed_model_are_said_to_be_of_rows_without_estimates() -> None:
    assert any(
        note.startswith("(4) N and other counts: of the rows that were to be fitted")
        for note in table("binary").notes
    )
    assert not any("were to be fitted" in note for note in table("panel").notes)


def test_a_term_that_a_model_has_not_is_blank() -> None:
    found = table("binary")
    assert texts(row(found, LABELS["power"]))[0] == ""
    assert texts(row(found, LABELS["fear:risk"]))[:5] == [""] * 5
    assert texts(row(found, NASTY))[3] == ""


def test_fixed_effects_are_said_and_not_printed_as_rows() -> None:
    found = table("binary")
    assert texts(row(found, "Operation effects")) == ["no", "yes", "yes", DASH, DASH, "no"]
    assert not any("beta" in row.label.lower() for row in found.rows)
    panel = table("panel")
    assert texts(row(panel, "Operation effects")) == [
        "yes",
        "yes",
        "absorbed",
        "absorbed",
        "no",
        "no",
    ]
    assert texts(row(panel, "State \N{MULTIPLICATION SIGN} operation effects")) == [
        "no",
        "random",
        "yes",
        "yes",
        "no",
        "no",
    ]
    assert texts(row(panel, "Year effects")) == ["no", "no", "no", "yes", "no", "no"]


def test_cut_points_stand_in_order_below_the_coefficients_without_stars() -> None:
    found = table("ordered")
    labels = [row.label for row in found.rows]
    cuts = ["None | Low", "Low | Medium", "Medium | High"]
    assert [label for label in labels if label in cuts] == cuts
    assert labels.index("Cut points") > labels.index("Constant")
    assert not any(cell.mark for cut in cuts for cell in row(found, cut).cells)


def test_a_multinomial_has_one_block_a_level_against_the_reference() -> None:
    found = table("multinomial")
    headings = [row.label for row in found.rows if row.kind == "group"]
    assert headings == [
        "Join without reservations (against: abstain)",
        "Join with reservations (against: abstain)",
    ]
    entry = next(entry for entry in models() if entry["model"] == "multi")
    stored = {
        row["level"]: row["estimate"]
        for row in entry["rows"]
        if row["kind"] == "coefficient" and row["term"] == "fear"
    }
    for level in ("reserved", "unreserved"):
        heading = f"{display_names.level(level)} (against"
        assert row(found, "Fear", after=heading).cells[0].value == stored[level]
        assert texts(row(found, "Fear", after=heading))[1:] == [DASH, ""]
    assert texts(row(found, "Fear"))[:2] == ["", ""]


def test_the_foot_says_how_p_values_were_computed_column_by_column() -> None:
    said = foot(table("binary"))
    assert (
        "(1)\N{EN DASH}(2), (6) standard errors clustered by state, Wald p-values, Wald intervals"
        in said
    )
    assert (
        "(3) standard errors of the model itself, penalised likelihood ratio p-values, "
        "profile likelihood intervals"
    ) in said
    assert "p-values from t with 55 degrees of freedom" in foot(table("panel"))


def test_the_foot_says_rows_warnings_levels_and_what_was_left_out_in_words() -> None:
    said = foot(table("binary"))
    assert "(1) Alpha & Co." in said
    assert f"{NASTY} at least 0.5; =Size = a or b" in said
    assert (
        "(3) maximum likelihood would be infinite for Risk, five years (log), Operation: "
        "Beta_2; the estimate is finite"
    ) in said
    assert "(3)\N{EN DASH}(4) only 12 clusters" in said
    assert f"(1) 3 rows of 2 states (Fear 2, {NASTY} 1, Risk, five years (log) 1)" in said
    assert "Rows by outcome: (1)" in foot(table("ordered"))


def test_terms_stand_before_what_follows_them_in_their_own_model() -> None:
    first, second = (
        model("a", "logit", "joined", ["fear", "risk"], 1),
        model("b", "logit", "joined", ["power", "risk", "size"], 2),
    )
    assert term_order({1: first, 2: second}) == ["fear", "power", "risk", "size", "const"]


def test_regression_tidy_has_every_coefficient_statistic_and_left_out_row() -> None:
    tidy = table("binary").tidy
    kinds = tidy.groupby("kind").size()
    stored = [entry for entry in models() if entry["model"] in SPECS["binary"]["models"]]
    assert kinds["coefficient"] == sum(
        row["kind"] == "coefficient" for entry in stored for row in entry["rows"]
    )
    assert (kinds["failure"], kinds["warning"], kinds["dropped"]) == (2, 3, 4)
    first = tidy[
        (tidy["column"] == 1) & (tidy["kind"] == "coefficient") & (tidy["term"] == "fear")
    ].iloc[0]
    assert first["estimate"] == next(
        row["estimate"] for row in stored[0]["rows"] if row["term"] == "fear"
    )


def test_labels_in_tidy_are_the_labels() -> None:
    tidy = table("binary").tidy
    coefficients = (
        tidy[tidy["kind"] == "coefficient"].drop_duplicates("term").set_index("term")["term_label"]
    )
    assert coefficients.drop("operation[beta]").to_dict() == {
        term: LABELS[term] for term in coefficients.index if term in LABELS
    }
    assert coefficients["operation[beta]"] == "Operation: Beta_2"


def test_marginal_effects_have_one_row_for_a_binary_outcome_and_one_a_level_else() -> None:
    found = table("margins")
    labels = [row.label for row in found.rows]
    assert labels[:2] == ["(1) logit alpha: Joined", "(2) separated: Joined"]
    assert labels[2:7] == ["(3) ordered: Level (0-3)", "None", "Low", "Medium", "High"]
    assert texts(found.rows[1]) == [DASH, "", "", "", "", ""]


def test_corners_name_both_terms_and_contrasts_are_in_words() -> None:
    found = table("corners")
    assert any(
        "Low and high: percentiles 12.5 and 90 of the estimation sample." in note
        for note in found.notes
    )
    labels = [row.label for row in found.rows]
    assert "Fear low; risk, five years (log) high" in labels
    assert "Contrasts: fear raised from low to high" in labels
    assert (
        "Change of P(reserved) minus change of P(unreserved) at high risk, five years (log)"
        in labels
    )
    assert "One of my own" in labels
    assert texts(row(found, "Abstain"))[1] == DASH


def test_flow_names_states_cuts_long_lists_and_says_who_was_never_counted() -> None:
    found = table("flow")
    step = row(found, "Without: outside the universe")
    assert texts(step)[:3] == ["1,161", "3,483", "30"]
    assert texts(step)[3].endswith("T14 and 15 more")
    assert any(
        "not counted above (younger than the baseline year): MNE." in note for note in found.notes
    )
    assert found.tidy["left_out"].str.count("T").max() == 30


def test_descriptives_of_nothing_are_dashes_and_rows_share_their_decimals() -> None:
    found = table("descriptives")
    assert texts(row(found, "=Size")) == ["0", "189", *[DASH] * 5]
    assert all("." not in text for text in texts(row(found, "Troops")))
    assert texts(row(found, LABELS["power"]))[2] == "4.4e\N{MINUS SIGN}13"


def test_components_show_direction_transform_and_alpha() -> None:
    found = table("components")
    assert texts(row(found, "Fear: mean of z-scores"))[-1] == "\N{MINUS SIGN}0.12"
    assert texts(row(found, "Risk, five years (log): own method"))[-1] == DASH
    assert texts(row(found, "=Size"))[0] == "\N{MINUS SIGN}"
    assert row(found, f"{LABELS['power']}, log").indent == 1
    assert set(found.tidy["kind"]) == {"component", "correlation", "measure"}


def test_agreement_without_units_is_dashes() -> None:
    found = table("agreement")
    assert texts(row(found, "All rows")) == ["0", "0", *[DASH] * 5]
    assert any("read rows 1,147 of 1,161 states" in note for note in found.notes)


def test_robustness_shows_every_alternative_and_says_what_failed() -> None:
    found = table("robustness")
    failed = row(found, "Broken | one")
    assert texts(failed)[:3] == [DASH, DASH, DASH]
    assert texts(failed)[-1] == DASH
    assert "H1, Broken | one: the outcome is separated by Fear." in foot(found)
    assert sum(row.label.startswith("+ other") for row in found.rows) == 4 * 12


def test_predicted_sign_is_the_hypothesis_own() -> None:
    found, content = table("robustness"), robustness("H2", 2)
    start = next(i for i, row in enumerate(found.rows) if row.label.startswith("H2"))
    for alternative in content["alternatives"][:-1]:
        printed = next(row for row in found.rows[start:] if row.label == alternative["label"])
        assert texts(printed)[-1] == ("yes" if alternative["estimate"] < 0 else "no")


def test_influence_prints_extremes_and_states_that_turn_the_result() -> None:
    found = table("influence")
    start = next(i for i, row in enumerate(found.rows) if row.label.startswith("H3"))
    end = next(i for i, row in enumerate(found.rows) if row.label.startswith("H4"))
    printed = [row.label.removeprefix("Without ") for row in found.rows[start + 2 : end]]
    ordered = sorted(robustness("H3", 3)["leave_one_out"][:-1], key=lambda other: other["estimate"])
    names = [other["left_out"] for other in ordered]
    assert printed == [
        *(name for name in names if name in {*names[:2], *names[-2:], "S00", "S01"}),
        "a bloc",
    ]
    assert texts(row(found, "Without S00", after="H3"))[-1] == "changes"
    assert len(found.tidy) == 4 * 43
    assert (
        "H3: 41 states left out in turn, 2 of which change sign or significance before "
        "adjustment (S01, S00), 1 the sign"
    ) in foot(found)
    assert "the Holm-adjusted decision turns without S01." in foot(found)


def test_verdicts_say_reconstruction_ratios_only_for_log_odds_and_short_reasons() -> None:
    found = table("verdicts")
    assert found.rows[0].label == "Claim (reconstruction)"
    assert "reconstruction" in found.notes[0]
    assert texts(row(found, "Odds ratio"))[2] == ""
    assert texts(row(found, "Odds ratio"))[3] == DASH
    assert texts(row(found, "Verdict")) == ["Supported", "Contradicted", "Undecided", "Undecided"]
    assert texts(row(found, "States that turn sign or significance, before adjustment"))[:2] == [
        "none",
        # the largest changes first, as the file has them
        "20: " + ", ".join(f"S{i:02d}" for i in range(19, 7, -1)) + " and 8 more",
    ]
    assert texts(row(found, "States that turn the Holm-adjusted decision (outside the rule)"))[
        1:3
    ] == ["2: S01, S02", "1: S01"]
    assert texts(row(found, "Of these, the sign")) == ["", "1", "1", "1"]
    assert texts(row(found, "Primary test"))[2].startswith(
        "Change of P(reserved) minus change of P(unreserved) at high risk, five years (log), in"
    )
    assert (
        texts(row(found, "Reasons"))[1]
        == "without any one of 20 states alone the sign changes; and more"
    )
    assert found.tidy.loc[1, "reasons"].count("S") == 20
    assert texts(row(found, "Estimate"))[3] == DASH


def test_a_model_that_no_file_has_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match="unknown_model"):
        build("t", {"kind": "regression", "title": "T", "models": ["unknown_model"]}, sources())
