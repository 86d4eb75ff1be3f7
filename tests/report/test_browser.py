"""The report in a real browser, opened from disk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import synthetic
from browser import Browser

from harness import journal
from harness import records as run_records
from harness.report import html


@pytest.fixture
def page(window: Browser, report: Path) -> Browser:
    """The report's summary, freshly loaded; the console must be silent when the test ends."""
    window.errors()
    window.open(report)
    window.ready()
    return window


@pytest.fixture(autouse=True)
def _silent(window: Browser) -> object:
    yield
    assert window.errors() == []


def worst(records: Path) -> run_records.Brief:
    """The failure with the largest margin that diverged."""
    failures = journal.read(records).summary().failures
    return max((one for one in failures if one.status == "diverged"), key=lambda one: one.margin or 0)


def test_summary_shows_counts_causes_and_targets(page: Browser, records: Path) -> None:
    """The first page says how many failed, where, why, and what was not tested."""
    totals = journal.read(records).summary().totals
    text = page.text("#view-summary")
    failed = sum(totals[status] for status in run_records.FAILED)
    assert f"{failed} of {sum(totals.values()):,} comparisons did not pass." in text
    assert "torch 2.13.0+cpu was built without CUDA" in text
    assert "no conversion for aten.cumprod.default" in text
    assert page.run("return document.querySelectorAll('.worst tbody tr').length") == min(50, failed)
    assert len(page.texts(".card h3")) == 8


def test_matrix_rolls_up_filters_and_sorts(page: Browser, records: Path) -> None:
    """Rows by operator, family, dtype or case; a query narrows them; a heading sorts by that target."""
    page.go("#/matrix")
    assert len(page.texts(".matrix:not(.pairs) tbody tr")) > 20
    assert page.texts(".matrix:not(.pairs) tbody th")[0] == worst(records).op
    page.click("[data-by=family]")
    assert sorted(page.texts(".matrix:not(.pairs) tbody th")) == sorted(synthetic.OPS)
    page.type(".view:not([hidden]) .query", "family:matmul,scan")
    page.wait("document.querySelectorAll('.matrix:not(.pairs) tbody tr').length === 2")
    assert "q=family%3Amatmul%2Cscan" in page.run("return location.hash")
    page.go("#/matrix?sort=cpu%2Finductor")
    column = page.run(
        "const t = document.querySelector('.matrix');"
        "const x = [...t.tHead.rows[0].cells].findIndex((c) => c.ariaSort);"
        "return [t.tHead.rows[0].cells[x].innerText, [...t.tBodies[0].rows].map((r) => r.cells[x].innerText)]"
    )
    assert column[0].split() == ["cpu", "inductor"]
    ratios = [float(found[1]) for text in column[1] if (found := re.match(r"(?:▲ )?([\d.]+)", text))]
    assert len(ratios) > 20
    assert ratios == sorted(ratios, reverse=True)


def test_matrix_cells_say_more_than_a_colour(page: Browser) -> None:
    """Every cell holds a number, a letter or a shape, and its words for a screen reader."""
    page.go("#/matrix")
    cells = page.run(
        "return [...document.querySelectorAll('.matrix:not(.pairs) td a')].map((a) => [a.innerText, a.ariaLabel])"
    )
    assert cells
    assert all(text.strip() and "result" in words for text, words in cells)


def test_matrix_is_walked_with_the_arrow_keys(page: Browser) -> None:
    """Arrows move between cells, Enter opens what the cell counts."""
    page.go("#/matrix")
    page.run("document.querySelector('.matrix td a').focus()")
    page.press("Down", "Right")
    where = page.run("const c = document.activeElement.closest('td'); return [c.parentNode.rowIndex, c.cellIndex]")
    assert where == [2, 2]
    page.press("Enter")
    page.wait("location.hash.startsWith('#/case')")


def test_a_cell_lists_exactly_what_it_counts(page: Browser) -> None:
    """The link of a cell leads to as many results as the cell says."""
    page.go("#/matrix")
    label, href = page.run(
        "const a = document.querySelector('.matrix td a'); return [a.ariaLabel, a.getAttribute('href')]"
    )
    page.go(href)
    assert page.text("#view-cases .hint").split()[0] == label.split(" of ")[1].split()[0]


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("status:diverged", lambda r: r.status == "diverged"),
        ("status:diverged ratio>10", lambda r: r.status == "diverged" and (r.margin or 0) > 10),
        ("target:cpu/inductor", lambda r: r.target == "cpu/inductor"),
        ("target:cpu*", lambda r: r.target.startswith("cpu")),
        (
            "dtype:bfloat16,float16 -op:torch.exp",
            lambda r: r.case.dtype in ("bfloat16", "float16") and r.case.op != "torch.exp",
        ),
        ("op:exp", lambda r: r.case.op == "torch.exp"),
        ("backend:eager values:wide", lambda r: "/" not in r.target and r.case.values == "wide"),
        ("family:matmul softmax", lambda r: False),
        ("SoftMax", lambda r: "softmax" in r.case.id),
        ("ratio>0", lambda r: (r.margin or 0) > 0),
        ("ratio>=0", lambda r: r.margin is not None),
        ("ratio<=0.1", lambda r: r.margin is not None and float(f"{r.margin:.3g}") <= 0.1),
        ('message:"the golden is all zero"', lambda r: r.message == "the golden is all zero"),
        ("shape:4x1024 -pass", lambda r: False),
        ("tag:scan how:emulated", lambda r: "scan" in r.case.tags and r.how == "emulated"),
    ],
)
def test_queries_select_what_they_say(page: Browser, records: Path, query: str, keeps: object) -> None:
    """The list holds exactly the records that the query describes, and the address holds the query."""
    wanted = sum(map(keeps, journal.read(records).records()))  # type: ignore[call-overload]
    page.go("#/cases")
    page.type("#view-cases .query", query)
    page.wait("location.hash.includes('?q=')")
    page.wait("document.querySelector('#view-cases .hint').innerText.includes(' of ')")
    assert page.text("#view-cases .hint") == f"{wanted:,} of 2,000 results"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour:red", "No field “colour”. There are: abs, backend, case,"),
        ("ratio>big", "ratio> expects a number, got “big”"),
        ("status>pass", "status has no order: write status:value"),
        ('op:"torch', "A quote is not closed"),
    ],
)
def test_a_wrong_query_says_what_is_wrong(page: Browser, query: str, said: str) -> None:
    """A query that can't be read names the fields there are; the page stays usable."""
    page.go("#/cases")
    page.type("#view-cases .query", query)
    page.wait("document.querySelector('#view-cases .wrong')")
    assert said in page.text("#view-cases .hint")
    assert page.run("return document.querySelector('#view-cases .query').ariaInvalid") == "true"


def test_the_list_sorts_and_is_walked_to_its_end(page: Browser) -> None:
    """Headings sort, arrow keys walk, and End reaches the last of all rows though few are in the page."""
    page.go("#/cases")
    assert page.run("return document.querySelectorAll('.virtual [data-at]').length") < 100
    page.click(".virtual [data-key=case] button")
    page.wait("location.hash.includes('sort=case')")
    first = page.text(".virtual [data-at='0'] .id")
    page.run("document.querySelector('.window').focus()")
    page.press("End")
    page.wait("document.querySelector('.virtual .active').dataset.at === '1999'")
    assert page.text(".virtual .active .id") > first
    page.press("Up", "Enter")
    page.wait("location.hash.startsWith('#/case/')")


def test_case_page_has_every_target_bits_map_and_repro(page: Browser, records: Path) -> None:
    """A link to one case works: verdict, figures beside the allowance, bits, tiles, golden, command."""
    brief = worst(records)
    page.go(f"#/case/{brief.case}")
    text = page.text("#view-case")
    assert brief.message in text
    assert len(page.texts(".every tbody tr")) == 8
    assert page.run("return document.querySelectorAll('.elements tbody').length") >= 1
    assert f"lockstep repro {brief.case}" in text
    assert "Worst error ÷ allowance" in text
    assert page.run("return document.querySelectorAll('.tiles rect').length") > 0
    assert page.run("return document.querySelectorAll('.histogram .bar').length") == 11 * page.run(
        "return document.querySelectorAll('.histogram').length"
    )
    assert "Agree with the golden" in text


def test_each_target_has_its_own_details(page: Browser, records: Path) -> None:
    """What is said of a target is what its own record says, also where details lie in another block."""
    failures = journal.read(records).summary().failures
    for brief in (failures[0], failures[70], failures[-1]):
        page.go(f"#/case/{brief.case}")
        cards = page.texts("#view-case .verdict")
        assert any(brief.target in card and brief.message in card for card in cards)
        others = [one for one in failures if one.case == brief.case]
        assert len(cards) == len(others)


def test_known_divergences_and_failures_keep_their_own_details(window: Browser, tmp_path: Path) -> None:
    """A known divergence before a failure: each page shows its own record, and the known one's details too."""
    lines = [
        run_records.Header("run", "2026-01-01T00:00:00+00:00"),
        run_records.TargetInfo("cpu", "cpu", "eager"),
        *(
            run_records.Record(run_records.CaseInfo(name), "cpu", status, margin=3.0, message=f"message of {name}")
            for name, status in (("expected", "known"), ("surprising", "diverged"))
        ),
    ]
    (tmp_path / "records.jsonl").write_text("".join(run_records.dumps(line) + "\n" for line in lines))
    window.open(html.render(tmp_path / "records.jsonl", tmp_path / "report.html"))
    window.ready()
    for name in ("expected", "surprising"):
        window.go(f"#/case/{name}")
        (card,) = window.texts("#view-case .verdict")
        assert f"message of {name}" in card


def test_case_page_shows_the_guilty_nodes(window: Browser, tmp_path: Path) -> None:
    """Node by node: which diverged, of which operator, called where, by how much; what it read; what was not judged."""
    found = {
        "total": 30,
        "judged": 28,
        "wrong": 1,
        "left": {"it draws random numbers": ["rand", "rand_1"]},
        "ops": {"aten.linear.default": [1, 15, 12.5]},
        "guilty": [synthetic.NODE],
        "near": [{**synthetic.NODE, "id": "linear_4", "status": "pass", "margin": 0.75}],
        "alone": True,
    }
    lines = [
        run_records.Header("run", "2026-01-01T00:00:00+00:00"),
        run_records.TargetInfo("cpu/inductor", "cpu", "inductor"),
        run_records.Record(run_records.CaseInfo("net"), "cpu/inductor", "diverged", margin=3.0, nodes=found),
    ]
    (tmp_path / "records.jsonl").write_text("".join(run_records.dumps(line) + "\n" for line in lines))
    window.open(html.render(tmp_path / "records.jsonl", tmp_path / "report.html"), "#/case/net")
    window.ready()
    text = window.text("section[aria-label='Node by node on cpu/inductor']")
    assert "each was compiled by itself" in text
    assert "1 of 28 nodes diverges." in text
    assert "aten.linear.default 1 of 15 (12.5×)" in text
    assert "Not looked at: 2" in text
    assert "it draws random numbers rand, rand_1" in text
    guilty, near = (window.texts(f".nodes tbody:nth-of-type({number}) tr:last-child > *") for number in (1, 2))
    assert guilty[:6] == [
        "17",
        "linear_3\nlayers.0.up\nmodel.py:12",
        "aten.linear.default",
        "▲\ndiverged",
        "12.5",
        "dot",
    ]
    assert "layers.0.up.weight float32 4×8" in guilty[6]
    assert guilty[7] == "out0 float32 2×4"
    assert near[1].startswith("linear_4")


def test_bits_are_those_of_the_number(page: Browser, records: Path) -> None:
    """The sign, exponent and mantissa that the page shows are the record's own bits."""
    brief = next(
        one for one in journal.read(records).records() if one.status == "diverged" and one.case.dtype == "float32"
    )
    page.go(f"#/case/{brief.case.id}")
    element = brief.outputs[0]["worst"][0]
    shown = page.run(
        "return [...document.querySelectorAll('.elements tbody')].flatMap((b) => [...b.rows])"
        ".map((r) => [r.querySelector('.bits')?.textContent, r.innerText])"
    )
    wanted = f"{int(element['golden_hex'], 16):032b}"
    assert any(bits == wanted and element["golden_hex"] in text for bits, text in shown)
    fields = page.run(
        "return [...document.querySelector('.elements .bits').children].map((f) => [f.className, f.textContent.length])"
    )
    assert fields == [["sign", 1], ["exp", 8], ["man", 23]]


def test_arrow_keys_go_from_failure_to_failure(page: Browser, records: Path) -> None:
    """Right and left step through the failing cases; the links say the same."""
    page.go(f"#/case/{worst(records).case}")
    there = page.run("return document.querySelector('a[rel=next], a[rel=prev]').getAttribute('href')")
    key = page.run("return document.querySelector('a[rel=next], a[rel=prev]').rel")
    page.press({"next": "Right", "prev": "Left"}[key])
    page.wait(f"decodeURIComponent(location.hash) === decodeURIComponent('{there}')")
    page.ready()
    assert page.text(".caseid") in there


def test_the_repro_command_is_copied(page: Browser, records: Path) -> None:
    """The copy button says that it copied."""
    page.go(f"#/case/{worst(records).case}")
    page.click(".repro button")
    page.wait("document.querySelector('.repro button').innerText === 'Copied'")


def test_an_unknown_case_is_said_to_be_unknown(page: Browser) -> None:
    """An old link leads to a sentence, not to an empty page."""
    page.go("#/case/no-such-case")
    assert "This run has no case no-such-case." in page.text("#view-case")


def test_hostile_names_are_only_text(window: Browser, hostile: Path) -> None:
    """Markup, quotes and direction characters in any name run nothing and hide nothing, on every page."""
    window.open(hostile)
    window.ready()
    for route in ("#/", "#/matrix", "#/cases"):
        window.go(route)
        assert "<script>alert(1)</script>" in window.text("main")
        assert "⟨U+202E⟩" in window.text("main")
    window.go("#/cases?q=status%3Adiverged")
    window.run("document.querySelector('.window').focus()")
    window.press("Enter")
    window.wait("location.hash.startsWith('#/case/')")
    window.wait("document.querySelector('.caseid')")
    assert "<img src=x onerror=alert(2)>" in window.text("#view-case .log")
    assert (
        window.run("return document.querySelectorAll('main img, main script, main a[href^=\"javascript\"]').length")
        == 0
    )
    assert "\u202e" not in window.run("return document.documentElement.textContent")


def test_the_policy_blocks_the_network_and_foreign_scripts(window: Browser, report: Path) -> None:
    """Nothing in the page can ask the network or run a script that the harness did not write."""
    window.open(report)
    window.ready()
    blocked = window.run(
        "const seen = window.seen = [];"
        "document.addEventListener('securitypolicyviolation', (e) => seen.push(e.effectiveDirective));"
        "fetch('https://example.com/').catch(() => {});"
        "const img = new Image(); img.src = 'https://example.com/x.png'; document.body.append(img);"
        "const s = document.createElement('script'); s.textContent = 'window.pwned = 1';"
        "document.body.append(s);"
        "return window.pwned ?? null"
    )
    assert blocked is None
    window.wait("window.seen.length >= 3")
    assert set(window.run("return window.seen")) == {"connect-src", "img-src", "script-src-elem"}
    window.errors()  # the violations just provoked


def test_light_and_dark_follow_the_system(report: Path, window: Browser) -> None:
    """The page is light by day and dark by night."""
    window.open(report)
    light = window.run("return getComputedStyle(document.body).backgroundColor")
    with Browser(dark=True) as night:
        night.open(report)
        night.ready()
        dark = night.run("return getComputedStyle(document.body).backgroundColor")
    assert light == "rgb(250, 248, 244)"
    assert dark == "rgb(17, 20, 27)"
