// The matrix: operators (or families, dtypes, cases) against targets; a cell is its worst error over the allowance.

const LEVELS = { family: "Family", op: "Operator", dtype: "Dtype", case: "Case" };
const MOST_ROWS = 300;

class MatrixView {
  constructor(index, element) {
    this.index = index;
    this.shown = MOST_ROWS;
    this.query = h("input", { type: "search", class: "query", "aria-label": "Query", spellcheck: "false", autocomplete: "off",
      placeholder: "Filter, for example dtype:bfloat16 target:cpu* -op:torch.exp",
      oninput: () => { clearTimeout(this.later); this.later = setTimeout(() => this.go({}), 150); } });
    this.levels = h("div", { class: "chips", role: "group", "aria-label": "Rows" }, Object.entries(LEVELS).map(([by, label]) =>
      h("button", { class: "chip", "data-by": by, onclick: () => { this.shown = MOST_ROWS; this.go({ by, sort: "worst" }); } }, label)));
    this.count = h("p", { class: "hint", role: "status" });
    this.grid = h("div", { class: "scroll grid" });
    this.grid.addEventListener("keydown", (event) => this.key(event));
    this.agreement = h("section");
    put(element, h("h1", { class: "sr" }, "Matrix"), h("div", { class: "bar" }, this.query, this.levels), legend(), this.count,
      this.grid, this.agreement);
  }

  show(search) {
    const { index } = this;
    this.by = search.get("by") in LEVELS ? search.get("by") : "op";
    this.sort = search.get("sort") || "worst";
    const text = search.get("q") || "";
    if (this.query.value.trim() !== text) this.query.value = text;
    for (const chip of this.levels.children) chip.setAttribute("aria-pressed", String(chip.dataset.by === this.by));
    let rows;
    try {
      rows = select(index, parseQuery(text));
      this.query.removeAttribute("aria-invalid");
      this.count.classList.remove("wrong");
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      this.query.setAttribute("aria-invalid", "true");
      this.count.classList.add("wrong");
      put(this.count, error.message);
      return;
    }
    const groups = order(roll(index, rows, this.by), this.sort, index.targetNames.indexOf(this.sort));
    const used = index.targetNames.map((_, target) => target).filter((target) => groups.some((group) => group.cells[target]));
    put(this.count, `${plural(groups.length, "row")} × ${plural(used.length, "target")}, ${plural(rows.length, "result")}`);
    this.draw(groups, used, text);
    put(this.agreement, agreement(index, rows));
  }

  draw(groups, used, text) {
    const { index } = this;
    const heading = (key, label, props) => h("th", { scope: "col", "aria-sort": this.sort === key ? (key === "name" ? "ascending" : "descending") : null, ...props },
      h("button", { class: "sort", onclick: () => this.go({ sort: this.sort === key ? "worst" : key }) }, label));
    const body = groups.slice(0, this.shown).map((group, y) => h("tr", null,
      h("th", { scope: "row" }, this.by === "case" ? h("a", { href: caseLink(group.label) }, name(group.label)) : name(group.label)),
      used.map((target, x) => this.cell(group, target, text, x, y))));
    const more = groups.length - this.shown;
    put(this.grid, h("table", { class: "matrix", "aria-label": "Worst error over allowance" },
      h("thead", null, h("tr", null, heading("name", LEVELS[this.by]), used.map((target) => {
        const [device, backend] = index.targetNames[target].split(/\/(.*)/s);
        return heading(index.targetNames[target], [h("b", null, name(device)), h("span", null, name(backend || "eager"))], { class: "target" });
      }))),
      h("tbody", null, body)),
      more > 0 ? h("button", { class: "chip", onclick: () => { this.shown += 1000; this.draw(groups, used, text); } }, `Show ${Math.min(more, 1000)} more of ${more}`) : null);
  }

  cell(group, target, text, x, y) {
    const cell = group.cells[target];
    if (!cell) return h("td", { class: "void" });
    const { index } = this;
    const href = cell.results === 1 || this.by === "case" ? caseLink(index.caseOf(cell.row))
      : casesLink({ [this.by]: group.label, target: index.targetNames[target] }).replace("?q=", `?q=${text ? encodeURIComponent(text + " ") : ""}`);
    const words = [`${group.label} on ${index.targetNames[target]}`, `${cell.failures} of ${plural(cell.results, "result")} failed`];
    if (cell.ratio > -1) words.push(`worst ${figure(cell.ratio === Infinity ? "inf" : cell.ratio)} × the allowance`);
    const bad = cell.ratio > 1;
    const shown = bad ? `▲ ${cell.ratio < 1.05 ? "1+" : figure(cell.ratio === Infinity ? "inf" : cell.ratio, 2)}` : cell.letters ? "" : cell.ratio > -1 ? figure(cell.ratio, 2) : "";
    const letters = cell.letters || (cell.ratio > -1 ? "" : cell.quiet);
    const look = bad ? `h${heat(cell.ratio)}` : cell.letters ? (/^[NMS?]+$/.test(cell.letters) ? "doubt" : "infra") : cell.ratio > -1 ? `h${heat(cell.ratio)}` : cell.passes ? "h0" : "quiet";
    return h("td", { class: look },
      h("a", { href, title: words.join(", "), tabindex: x === 0 && y === 0 ? "0" : "-1", "aria-label": words.join(", ") },
        shown, shown && letters ? " " : null, letters ? h("i", { class: shown ? "more" : null }, letters) : null, !shown && !letters && cell.passes ? "✓" : null));
  }

  /** Arrow keys walk the cells; Enter follows the link that has the focus. */
  key(event) {
    const here = event.target.closest("td");
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!here || !step) return;
    event.preventDefault();
    let [y, x] = [here.parentNode.rowIndex, here.cellIndex];
    const table = here.closest("table");
    for (;;) {
      y += step[0];
      x += step[1];
      const next = table.rows[y] && table.rows[y].cells[x];
      if (!next || next.tagName !== "TD") return;
      const link = next.querySelector("a");
      if (!link) continue;
      event.target.tabIndex = -1;
      link.tabIndex = 0;
      link.focus();
      return;
    }
  }

  go(change) {
    const { by = this.by, sort = this.sort } = change;
    const search = new URLSearchParams();
    if (by !== "op") search.set("by", by);
    if (this.query.value.trim()) search.set("q", this.query.value.trim());
    if (sort !== "worst") search.set("sort", sort);
    const text = search.toString().replaceAll("+", "%20");
    history.replaceState(null, "", "#/matrix" + (text ? "?" + text : ""));
    this.show(search);
  }
}

/** Rows rolled up: [{label, cells: [per target], worst: [per target], top}]. */
function roll(index, rows, by) {
  const groupOf = new Int32Array(index.cases.id.length);
  const labels = [], known = new Map();
  for (let id = 0; id < groupOf.length; id++) {
    const column = index.cases[by === "family" ? "source" : by];
    const value = by === "case" ? index.cases.id[id] : column.values[column.codes[id]];
    const label = by === "family" ? family(value) : value || "(none)";
    if (!known.has(label)) { known.set(label, labels.length); labels.push(label); }
    groupOf[id] = known.get(label);
  }
  const groups = new Map();
  for (const row of rows) {
    const number = groupOf[index.case[row]], target = index.target[row];
    if (!groups.has(number)) groups.set(number, { label: labels[number], cells: [], top: -1 });
    const group = groups.get(number);
    const cell = (group.cells[target] ??= { row, ratio: -1, results: 0, failures: 0, passes: 0, letters: "", quiet: "" });
    const status = index.statusOf(row), letter = LETTER[status];
    cell.results++;
    const ratio = index.sortable.margin[row];
    if (ratio > cell.ratio) { cell.ratio = ratio; cell.row = row; }
    if (index.isFailure[index.status.codes[row]]) {
      cell.failures++;
      if (!(ratio > 1) && !cell.letters.includes(letter)) cell.letters += letter;
      group.top = Math.max(group.top, ratio > 1 ? ratio : 1);
    } else if (status === "pass") {
      cell.passes++;
      group.top = Math.max(group.top, ratio || 0);
    } else if (!cell.quiet.includes(letter)) cell.quiet += letter;
  }
  return [...groups.values()];
}

/** By name, by the worst cell, or by the cell of one target. */
function order(groups, sort, target) {
  const by = (read) => groups.sort((a, b) => read(b) - read(a) || (a.label < b.label ? -1 : 1));
  if (sort === "name") return groups.sort((a, b) => (a.label < b.label ? -1 : 1));
  if (target < 0) return by((group) => group.top);
  return by((group) => {
    const cell = group.cells[target];
    return cell ? Math.max(cell.ratio, cell.letters ? 1 : -1) : -2;
  });
}

/** On how many cases with a failure two targets gave the same answer: both right, or the same bits. */
function agreement(index, rows) {
  const size = index.targetNames.length, same = new Uint32Array(size * size), both = new Uint32Array(size * size);
  const wanted = new Set(Array.from(rows, (row) => index.case[row]));
  let cases = 0;
  for (const [id, found] of Object.entries(index.attribution)) {
    if (!wanted.has(Number(id))) continue;
    cases++;
    const groupOf = new Map(found.groups.flatMap((group, number) => group.map((target) => [target, number])));
    for (const target of found.agree) groupOf.set(target, -1);
    for (const [a, one] of groupOf) for (const [b, other] of groupOf) { both[a * size + b]++; if (one === other) same[a * size + b]++; }
  }
  const used = index.targetNames.map((_, target) => target).filter((target) => both[target * size + target]);
  if (used.length < 2) return [];
  const share = (a, b) => same[a * size + b] / both[a * size + b];
  return [
    h("h2", null, "Who agrees with whom ", h("small", null, `share of ${plural(cases, "case")} with a failure on which both were right or gave the same bits`)),
    h("div", { class: "scroll" }, h("table", { class: "matrix pairs", "aria-label": "Agreement of targets" },
      h("thead", null, h("tr", null, h("th", null), used.map((b) => h("th", { scope: "col", class: "target" }, name(index.targetNames[b]))))),
      h("tbody", null, used.map((a) => h("tr", null, h("th", { scope: "row" }, name(index.targetNames[a])), used.map((b) =>
        a === b || !both[a * size + b] ? h("td", { class: "void" })
          : h("td", { class: `a${Math.min(4, Math.floor(share(a, b) * 5))}`, title: `${same[a * size + b]} of ${both[a * size + b]}` },
            `${Math.round(100 * share(a, b))}%`))))))),
  ];
}
