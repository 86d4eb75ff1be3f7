// The list of every record: query, sort, arrow keys. The address holds both, so a list can be linked to.

const SORTS = { ratio: "margin", ulp: "ulp", abs: "abs", rel: "rel", seconds: "seconds" };
const HINT = "status:diverged  ratio>1  target:cpu/inductor  dtype:bfloat16,float16  -op:torch.exp  softmax";

class CasesView {
  constructor(index, element) {
    this.index = index;
    this.query = h("input", { type: "search", class: "query", "aria-label": "Query", placeholder: "Filter, for example " + HINT,
      spellcheck: "false", autocomplete: "off", oninput: () => { clearTimeout(this.later); this.later = setTimeout(() => this.go(), 120); } });
    this.count = h("p", { class: "hint", role: "status" });
    this.table = new VirtualTable({
      label: "Results",
      columns: [
        { key: "status", label: "Status", cell: (row) => badge(index.statusOf(row)) },
        { key: "ratio", label: "Error ÷ allowance", class: "num", cell: (row) => ratioCell(index, row) },
        { key: "case", label: "Case", class: "id", cell: (row) => h("a", { href: caseLink(index.caseOf(row)), tabindex: "-1" }, name(index.caseOf(row))) },
        { key: "target", label: "Target", class: "id", cell: (row) => name(index.targetOf(row)) },
        { key: "ulp", label: "Max ulp", class: "num", cell: (row) => figure(index.ulp[row]) },
        { key: "rel", label: "Max rel", class: "num", cell: (row) => figure(index.rel[row]) },
        { key: "rule", label: "Rule", class: "id", cell: (row) => index.rule.values[index.rule.codes[row]] },
        { key: "seconds", label: "Time", class: "num", cell: (row) => seconds(index.seconds[row]) },
        { key: "message", label: "Message", class: "grow", sort: false, cell: (row) => name(index.note.values[index.note.codes[row]]) },
      ],
      open: (row) => { location.hash = caseLink(index.caseOf(row)); },
      sorted: (key) => {
        const { sort } = this;
        const down = sort.key === key ? !sort.down : key in SORTS;
        this.go((down ? "-" : "") + key);
      },
    });
    this.quick = h("div", { class: "chips", role: "group", "aria-label": "Show only" },
      h("button", { class: "chip", "data-status": "", onclick: () => this.only("") }, "all"),
      index.status.values.filter((status) => index.status.codes.includes(index.status.values.indexOf(status))).map((status) =>
        h("button", { class: "chip", "data-status": status, onclick: () => this.only(status) }, LETTER[status] + " " + status)));
    put(element, 
      h("h1", { class: "sr" }, "Cases"), h("div", { class: "bar" }, this.query), this.quick, this.count, this.table.element);
  }

  /** Show what the address asks for. */
  show(search) {
    const text = search.get("q") || "", order = search.get("sort") || "-worst";
    if (this.query.value.trim() !== text) this.query.value = text;
    this.address = search.toString();
    this.sort = { key: order.replace(/^-/, ""), down: order.startsWith("-") };
    let terms = [];
    try {
      terms = parseQuery(text);
      this.query.removeAttribute("aria-invalid");
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      this.query.setAttribute("aria-invalid", "true");
      put(this.count, error.message);
      this.count.classList.add("wrong");
      return;
    }
    for (const chip of this.quick.children) {
      const status = chip.dataset.status;
      chip.setAttribute("aria-pressed", String(status ? text === `status:${status}` : text === ""));
    }
    const rows = sorted(this.index, select(this.index, terms), this.sort);
    this.count.classList.remove("wrong");
    put(this.count, rows.length === this.index.size ? plural(rows.length, "result")
      : `${rows.length.toLocaleString("en")} of ${plural(this.index.size, "result")}`);
    this.table.show(rows, this.sort);
  }

  only(status) { this.query.value = status ? `status:${status}` : ""; this.go(); }

  /** Put the query and the order into the address; that shows them. */
  go(order = (this.sort.down ? "-" : "") + this.sort.key) {
    const search = new URLSearchParams();
    if (this.query.value.trim()) search.set("q", this.query.value.trim());
    if (order !== "-worst") search.set("sort", order);
    const text = search.toString().replaceAll("+", "%20");
    history.replaceState(null, "", "#/cases" + (text ? "?" + text : ""));
    this.show(search);
  }
}

/** The ratio with its heat; the letter of the status where nothing was compared. */
function ratioCell(index, row) {
  const ratio = index.margin[row];
  if (ratio === null) return h("span", { class: "nil" }, "·");
  const step = heat(index.sortable.margin[row]);
  return h("span", { class: `ratio h${step}` }, step > 3 ? "▲ " : "", figure(ratio));
}

/** A sorted copy: `worst` is what failed by figure, what failed without one, then the rest. Missing figures come last
    either way; equal rows keep the order of the file. */
function sorted(index, rows, { key, down }) {
  const out = Uint32Array.from(rows);
  const sign = down ? -1 : 1;
  if (key === "worst") {
    const { margin } = index.sortable;
    const grave = (row) => (index.isFailure[index.status.codes[row]] ? (margin[row] > 1 ? 3 : 2) : margin[row] >= 0 ? 1 : 0);
    return out.sort((a, b) => grave(b) - grave(a) || (margin[b] > margin[a]) - (margin[b] < margin[a]) || a - b);
  }
  if (key in SORTS) {
    const column = index.sortable[SORTS[key]];
    return out.sort((a, b) => {
      const x = column[a], y = column[b];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y) || a - b;
      return x === y ? a - b : x < y ? -sign : sign;
    });
  }
  const ranks = (values) => {
    const order = values.map((_, at) => at).sort((a, b) => (values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : 0));
    const rank = new Uint32Array(values.length);
    order.forEach((at, place) => { rank[at] = place; });
    return rank;
  };
  const { status, rule } = index;
  const byCase = key === "case" ? ranks(index.cases.id) : null, byTarget = key === "target" ? ranks(index.targetNames) : null;
  const byRule = key === "rule" ? ranks(rule.values) : null;
  const read = byCase ? (row) => byCase[index.case[row]] : byTarget ? (row) => byTarget[index.target[row]]
    : byRule ? (row) => byRule[rule.codes[row]] : (row) => status.codes[row];
  return out.sort((a, b) => sign * (read(a) - read(b)) || a - b);
}
