// The query language: `status:diverged ratio>1 target:cpu/inductor -op:torch.exp softmax`.
//
// field:value   the field equals the value; `*` stands for anything, commas mean "or", quotes keep spaces
// field>number  also >= < <= = ; a missing figure matches none of them
// word          the case, operator, target, source, tags or message contains it
// -term         not the term

const CASE_FIELDS = { op: "op", dtype: "dtype", source: "source", values: "values", tier: "tier", kind: "kind", tag: "tags", shape: "shapes" };
const ROW_FIELDS = { status: "status", rule: "rule", how: "how", message: "note" };
const FIGURES = { ratio: "margin", margin: "margin", ulp: "ulp", abs: "abs", rel: "rel", seconds: "seconds" };
const FIELDS = ["case", "target", "device", "backend", "family", ...Object.keys(CASE_FIELDS), ...Object.keys(ROW_FIELDS)];

class QueryError extends Error {}

/** The terms of a query: {not, field, op, values} or {not, word}. QueryError says what can't be read. */
function parseQuery(text) {
  const terms = [];
  const token = /(-?)(?:([a-z]+)(:|>=|<=|>|<|=))?((?:"(?:[^"\\]|\\.)*"|[^\s",]|,)+|)/gy;
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at])) { at++; continue; }
    token.lastIndex = at;
    const found = token.exec(text);
    if (!found || !found[0]) throw new QueryError(`A quote is not closed: ${text.slice(at)}`);
    at = token.lastIndex;
    const [whole, not, field, op, raw] = found;
    if (!field) { terms.push({ not: !!not, word: (raw[0] === '"' ? split(raw)[0].text : raw || whole).toLowerCase() }); continue; }
    if (field in FIGURES) {
      const value = { inf: Infinity, nan: Infinity }[raw] ?? Number(raw);
      if (raw === "" || Number.isNaN(value)) throw new QueryError(`${field}${op} expects a number, got “${raw}”`);
      terms.push({ not: !!not, figure: FIGURES[field], op: op === ":" ? "=" : op, value });
    } else if (FIELDS.includes(field)) {
      if (op !== ":" && op !== "=") throw new QueryError(`${field} has no order: write ${field}:value`);
      terms.push({ not: !!not, field, values: split(raw).map(matcher) });
    } else throw new QueryError(`No field “${field}”. There are: ${[...FIELDS, ...Object.keys(FIGURES)].sort().join(", ")}`);
  }
  return terms;
}

/** `a,"b c"` → [{text: "a"}, {text: "b c", quoted: true}] */
function split(raw) {
  const parts = [{ text: "", quoted: false }];
  for (let at = 0; at < raw.length; at++) {
    const last = parts[parts.length - 1];
    if (raw[at] === ",") parts.push({ text: "", quoted: false });
    else if (raw[at] === '"') {
      last.quoted = true;
      for (at++; at < raw.length && raw[at] !== '"'; at++) last.text += raw[at] === "\\" ? raw[++at] : raw[at];
    } else last.text += raw[at];
  }
  return parts;
}

/** A test for one wanted value: equal, or like a pattern with `*`; for dotted names the last part will do. */
function matcher({ text, quoted: exact }) {
  const wanted = text.toLowerCase();
  if (!exact && wanted.includes("*")) {
    const pattern = new RegExp("^" + wanted.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*") + "$");
    return (value) => pattern.test(value);
  }
  return (value) => value === wanted;
}

/** The rows that match all terms, in file order. Each term is decided once per distinct value, not once per row. */
function select(index, terms) {
  const tests = terms.map((term) => test(index, term));
  const rows = new Uint32Array(index.size);
  let count = 0;
  rows: for (let row = 0; row < index.size; row++) {
    for (let at = 0; at < tests.length; at++) if (!tests[at](row)) continue rows;
    rows[count++] = row;
  }
  return rows.subarray(0, count);
}

function test(index, term) {
  const yes = positive(index, term);
  return term.not ? (row) => !yes(row) : yes;
}

function positive(index, term) {
  if (term.figure) {
    const column = index.sortable[term.figure], value = term.value;
    if (term.op === ">") return (row) => column[row] > value;
    if (term.op === ">=") return (row) => column[row] >= value;
    if (term.op === "<") return (row) => column[row] < value;
    if (term.op === "<=") return (row) => column[row] <= value;
    return (row) => column[row] === value;
  }
  const decided = (values, ok) => Uint8Array.from(values, (value) => (ok(String(value).toLowerCase()) ? 1 : 0));
  const { cases } = index;
  if (term.word !== undefined) {
    const has = (value) => value.includes(term.word);
    const inCase = decided(cases.id, has), inTarget = decided(index.targetNames, has), inNote = decided(index.note.values, has);
    const columns = ["op", "source", "tags"].map((field) => [cases[field].codes, decided(cases[field].values, has)]);
    for (let id = 0; id < inCase.length; id++) for (const [codes, good] of columns) inCase[id] |= good[codes[id]];
    return (row) => inCase[index.case[row]] || inTarget[index.target[row]] || inNote[index.note.codes[row]];
  }
  const any = (value) => term.values.some((matches) => matches(value));
  const { field } = term;
  if (field === "case") { const good = decided(cases.id, any); return (row) => good[index.case[row]]; }
  if (field === "target" || field === "device" || field === "backend") {
    const values = field === "target" ? index.targetNames : index.targets.map((target) => target[field] || "");
    const good = decided(values, any);
    return (row) => good[index.target[row]];
  }
  if (field in ROW_FIELDS) {
    const column = index[ROW_FIELDS[field]], good = decided(column.values, any);
    return (row) => good[column.codes[row]];
  }
  const column = cases[field === "family" ? "source" : CASE_FIELDS[field]];
  const read = field === "family" ? (value) => any(family(value))
    : field === "op" ? (value) => any(value) || any(value.slice(value.lastIndexOf(".") + 1))
    : field === "tag" ? (value) => value.split(" ").some(any)
    : field === "shape" ? (value) => value.split(", ").some((part) => any(part) || any(part.slice(part.lastIndexOf(" ") + 1)))
    : any;
  const good = decided(column.values, read);
  return (row) => good[column.codes[index.case[row]]];
}

/** The family of an operator: the name of the file that its case stands in, `cases/ops/matmul.yaml:3` → `matmul`. */
function family(source) {
  return source.replace(/:\d+$/, "").split("/").pop().replace(/\.[a-z]+$/i, "").replace(/^case_/, "") || "cases";
}
