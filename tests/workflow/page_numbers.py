"""What a page prints, read by its place in the HTML, beside what the run has stored.

Nothing of the report's own code is used: a printed number is right where the stored one, rounded to
the decimals that are printed, is that number.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import html

Entry = dict[str, Any]
NUMBER = re.compile(r"[<+\u2212-]?\d[\d,]*(?:\.\d+)?")
SIDES = ("conf_low", "conf_high")


@dataclass(frozen=True)
class Printed:
    """A number of the page: where it stands, what is printed, what is stored."""

    where: str
    text: str
    stored: float | None

    @property
    def right(self) -> bool:
        """Whether the stored number, rounded as the printed one is, is the printed one."""
        text = self.text.replace("\u2212", "-").replace(",", "").rstrip("%*")
        if self.stored is None or not math.isfinite(self.stored):
            return text in ("", "\u2014")
        stored = 100 * self.stored if self.text.endswith("%") else self.stored
        if text.startswith("<"):
            return 0 <= stored < float(text[1:])
        decimals = len(text.partition(".")[2])
        return abs(float(text) - stored) <= 0.5 * 10**-decimals + 1e-9


def numbers(text: str) -> list[str]:
    """Return the numbers in a text, as printed."""
    return [one.strip("+").rstrip(",") for one in NUMBER.findall(text)]


def words(element: Any) -> str:
    """Return the text of an element, its spaces as one each."""
    return " ".join(str(element.text_content()).split())


@dataclass(frozen=True)
class Page:
    """A run's page and its estimates."""

    text: str
    folder: Path

    @cached_property
    def tree(self) -> Any:
        """The page's elements."""
        return html.fromstring(self.text)

    def stored(self, name: str) -> Entry:
        """Return a file of the run's estimates."""
        found: Entry = json.loads((self.folder / "estimates" / f"{name}.json").read_text("utf-8"))
        return found

    @cached_property
    def verdicts(self) -> dict[str, Entry]:
        """Hypothesis -> its verdict."""
        return {one["hypothesis"]: one for one in self.stored("verdicts")["hypotheses"]}

    @cached_property
    def models(self) -> dict[str, Entry]:
        """Model -> what was estimated."""
        return {
            model["model"]: model
            for path in sorted((self.folder / "estimates").glob("*.json"))
            for model in json.loads(path.read_text("utf-8")).get("models", [])
        }

    # -- places

    def first_screen(self) -> Iterator[Printed]:
        """Give effect, interval and p-values of each line of the answer."""
        for line in self.tree.xpath('//div[@class="answer"]//li'):
            name = line.xpath('.//a[starts-with(@href, "#card-")]')[0].get("href")[6:]
            effect = line.xpath("./p[2]")[0]
            yield from self._effect(
                f"first screen, {name}", words(effect), self.verdicts[name], name
            )

    def cards(self) -> Iterator[Printed]:
        """Give the primary test of each card, and the numbers behind the conditions of the rule."""
        for card in self.tree.xpath("//article"):
            name = card.get("id")[5:]
            entry = self.verdicts[name]
            test = card.xpath('.//div[@class="test"]/div/p[1]')[0]
            yield from self._effect(f"card {name}", words(test), entry, name)
            behind = {
                words(line.xpath('./span[@class="condition"]')[0])[:18]: numbers(
                    words(line.xpath('.//span[@class="number-behind"]')[0])
                )
                for line in card.xpath('.//ul[@class="conditions"]/li')
            }
            where = f"card {name}, condition"
            holm = next(found for text, found in behind.items() if text.startswith("The Holm"))
            yield Printed(f"{where} p, Holm", holm[0], entry["p_holm"])
            yield Printed(f"{where} p", holm[1], entry["p_value"])
            share = next(found for text, found in behind.items() if text.startswith("At least"))
            yield Printed(f"{where} share", f"{share[0]}%", entry["curve_sign_share"])
            yield Printed(f"{where} curve n", share[1], entry["curve_n"])
            flips = next(found for text, found in behind.items() if text.startswith("No single"))
            if entry["flips"]:
                yield Printed(f"{where} flips", flips[0], len(entry["flips"]))

    def _effect(self, where: str, text: str, entry: Entry, name: str) -> Iterator[Printed]:
        log_odds = entry["scale"] == "log odds"
        size = math.exp if log_odds else lambda value: 100 * value
        said, _, second = text.partition(". ")
        second, _, doubt = second.partition("First version of the rule: ")
        found = numbers((doubt or second).removeprefix("95% interval"))
        yield Printed(f"{where}: effect", numbers(said)[-1], size(entry["estimate"]))
        if "version_2" in entry:
            yield from self._deciding(f"{where}, second version", second, entry)
        if "version_2" in entry and not doubt:
            return  # the answer prints the deciding test alone
        for place, side in enumerate(SIDES):
            yield Printed(f"{where}: {side}", found[place], size(entry[side]))
        yield Printed(f"{where}: p", found[2], entry["p_value"])
        yield Printed(f"{where}: p, Holm", found[3], entry["p_holm"])

    @staticmethod
    def _deciding(where: str, text: str, entry: Entry) -> Iterator[Printed]:
        of = entry["version_2"]
        found = re.findall(r"\bp (?:= )?((?:< )?\d+(?:\.\d+)?)", text)
        printed = [one.replace(" ", "") for one in found]
        yield Printed(f"{where}: p", printed[0], of["test"]["p_value"])
        yield Printed(f"{where}: p, adjusted", printed[1], of["p_holm"])
        if of["p_entering"] != of["test"]["p_value"]:
            yield Printed(f"{where}: p of the weakest part", printed[2], of["p_entering"])

    def turns(self) -> Iterator[Printed]:
        """Give the estimates, intervals and p-values of what turns a card's decision."""
        for card in self.tree.xpath("//article"):
            name = card.get("id")[5:]
            found = self.stored(f"robustness_{name}")
            size = math.exp if self.verdicts[name]["scale"] == "log odds" else lambda value: value
            by_label = {one["label"]: one for one in found["alternatives"]}
            by_label |= {f"Without: {one['label']}": one for one in found["leave_bloc_out"]}
            for row in card.xpath('.//table[contains(caption, "turn the test of")]/tbody/tr'):
                label, estimate, interval, p_value = map(words, row[:4])
                if label not in by_label:
                    continue  # a state, whose name is not in the file
                where, stored = f"card {name}, {label}", by_label[label]
                yield Printed(f"{where}: effect", numbers(estimate)[0], size(stored["estimate"]))
                for side, text in zip(SIDES, numbers(interval), strict=True):
                    yield Printed(f"{where}: {side}", text, size(stored[side]))
                yield Printed(f"{where}: p", p_value, stored["p_value"])

    def groups(self, table: str) -> Iterator[tuple[str, str, list[str]]]:
        """Give of each row of a table the hypothesis of its group, its label, its cells."""
        group = ""
        for row in self.tree.xpath(f'//table[@id="table-{table}"]/tbody/tr'):
            cells = [words(cell) for cell in row]
            if "group" in (row.get("class") or ""):
                group = cells[0].split()[0]
            else:
                yield group, cells[0], cells[1:]

    def robustness(self) -> Iterator[Printed]:
        """Give the table of alternatives: estimate, error, interval, p, rows, clusters."""
        for group, label, cells in self.groups("robustness"):
            stored = {
                one["label"]: one for one in self.stored(f"robustness_{group}")["alternatives"]
            }.get(label)
            if stored is None or stored["status"] != "ok":
                continue
            ends = numbers(cells[2])
            named = ("estimate", "std_error", *SIDES, "p_value", "n", "n_clusters")
            for part, text in zip(named, [*cells[:2], *ends, *cells[3:6]], strict=True):
                yield Printed(f"table robustness, {group}, {label}: {part}", text, stored[part])

    def power(self) -> Iterator[Printed]:
        """Give the table of power: effect, power, wrong signs, exaggeration."""
        for group, label, cells in self.groups("power"):
            for stored in self.stored(f"power_{group}")["rows"]:
                if label.replace("\u2212", "-") == f"{stored['multiple']:g}":
                    named = ("effect", "power", "power_holm", "type_s", "type_m", "failed")
                    for part, text in zip(named, cells, strict=True):
                        yield Printed(f"table power, {group}, {label}: {part}", text, stored[part])

    def regression(self, table: str, models: list[str]) -> Iterator[Printed]:
        """Give the coefficients and their errors in a table with a column for each model."""
        rows = self.tree.xpath(f'//table[@id="table-{table}"]/tbody[1]/tr')
        heads = self.tree.xpath(f'//table[@id="table-{table}"]/thead/tr[last()]/th')
        for number, model in enumerate(models):
            fitted = self.models[model]
            labels = {label: term for term, label in fitted["labels"].items()}
            stored = {
                one["term"]: one
                for one in fitted["rows"]
                if one["kind"] == "coefficient" and one["level"] is None
            }
            for row, below in itertools.pairwise(rows):
                if len(row) != len(heads) + 1 or len(below) != len(heads):
                    continue
                term = labels.get(words(row[0]))
                if term in stored and words(row[number + 1]):
                    where, one = f"table {table}, {model}, {term}", stored[term]
                    yield Printed(f"{where}: estimate", words(row[number + 1]), one["estimate"])
                    error = words(below[number]).strip("()")
                    yield Printed(f"{where}: error", error, one["std_error"])

    def drawer(self) -> Iterator[Printed]:
        """Give the latent tightness of each state in the evidence drawer."""
        labels = {
            about["label"]: name
            for name, about in json.loads((self.folder / "manifest.json").read_text("utf-8"))[
                "config"
            ]["operations"].items()
        }
        units = {
            (one["operation"], one["country"]): one for one in self.stored("measurement")["units"]
        }
        for drawer in self.tree.xpath('//details[@class="drawer"]'):
            operation = labels[drawer.xpath("./summary/text()")[0].strip()]
            for row in drawer.xpath('.//tr[contains(@class, "found")]'):
                found = re.search(
                    r"atent tightness (\S+) SD \(95% interval (\S+) to (\S+)\)", words(row[-1])
                )
                if found is None:
                    continue
                named = ("latent", "latent_low", "latent_high")
                for part, printed in zip(named, found.groups(), strict=True):
                    stored = units[operation, words(row[0])][part]
                    yield Printed(f"drawer, {words(row[0])}: {part}", printed, stored)

    def states(self) -> Iterator[Printed]:
        """Give what each primary test says without a state, on the state's page."""
        left_out = {
            (name, one["left_out"]): one
            for name in self.verdicts
            for one in self.stored(f"robustness_{name}")["leave_one_out"]
        }
        for page in self.tree.xpath('//details[starts-with(@id, "state-")]'):
            for name, estimate, p_value in re.findall(
                r"(\w+) (\S+) in place of \S+ \(p (?:= )?(\S+?)[;)]", words(page)
            ):
                stored = left_out[name, page.get("id")[6:]]
                where = f"{page.get('id')}, {name}"
                yield Printed(f"{where}: estimate", estimate.strip("+"), stored["estimate"])
                yield Printed(f"{where}: p", p_value, stored["p_value"])

    def explorers(self) -> Iterator[Printed]:
        """Give the estimates that the curve's filter holds, in thousandths."""
        for name in self.verdicts:
            fold = self.tree.xpath(f'//article[@id="card-{name}"]//script')
            if not fold:
                continue
            shown = json.loads(fold[0].text)["estimates"]
            curve = self.stored(f"curve_{name}")["specifications"]["estimate"]
            kept = sorted(value for value in curve if value is not None)
            assert len(shown) == len(kept)
            for place in range(0, len(kept), 50):
                yield Printed(f"curve of {name}, {place}", str(shown[place]), 1000 * kept[place])
