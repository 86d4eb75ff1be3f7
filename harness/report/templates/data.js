// The run's data: gzip in base64 inside this very file, opened by the browser itself, when it is needed.

async function unpack(id) {
  const binary = atob(document.getElementById(id).textContent.trim());
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

/** A column of numbers; what is missing becomes NaN, "nan" counts as worse than anything. */
function numbers(values) {
  const column = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    column[row] = value === null ? NaN : value === "nan" || value === "inf" ? Infinity : value === "-inf" ? -Infinity : value;
  }
  return column;
}

/** The index, with what is derived from it once: rows of each case, the block in which a failure's details lie. */
class Index {
  constructor(plain) {
    Object.assign(this, plain);
    this.size = this.case.length;
    this.targetNames = this.targets.map((target) => target.name);
    this.isFailure = this.status.values.map((status) => this.failed.includes(status));
    this.sortable = {};
    for (const key of ["margin", "ulp", "abs", "rel", "seconds"]) this.sortable[key] = numbers(this[key]);

    const count = this.cases.id.length;
    this.starts = new Uint32Array(count + 1);
    for (const id of this.case) this.starts[id + 1]++;
    for (let id = 0; id < count; id++) this.starts[id + 1] += this.starts[id];
    this.rows = new Uint32Array(this.size);
    const next = this.starts.slice(0, count);
    this.detail = new Int32Array(this.size).fill(-1);
    const detailed = this.status.values.map((status) => this.detailed.includes(status));
    let shown = 0;
    for (let row = 0; row < this.size; row++) {
      this.rows[next[this.case[row]]++] = row;
      if (detailed[this.status.codes[row]]) this.detail[row] = shown < this.details.kept ? shown++ : -2;
    }
    this.caseNumber = new Map(this.cases.id.map((id, number) => [id, number]));
    this.chunks = new Map();
  }

  statusOf(row) { return this.status.values[this.status.codes[row]]; }
  targetOf(row) { return this.targetNames[this.target[row]]; }
  caseOf(row) { return this.cases.id[this.case[row]]; }
  /** A field of the case of a row: "op", "dtype", … */
  of(row, field) { const column = this.cases[field]; return column.values[column.codes[this.case[row]]]; }
  rowsOf(caseNumber) { return Array.from(this.rows.subarray(this.starts[caseNumber], this.starts[caseNumber + 1])); }

  /** The details of a failure, known ones among them; null where there are none. Blocks are opened once. */
  async details_of(row) {
    const place = this.detail[row];
    if (place < 0) return null;
    const number = Math.floor(place / this.details.chunk);
    if (!this.chunks.has(number)) this.chunks.set(number, unpack(`details-${number}`));
    return (await this.chunks.get(number))[place % this.details.chunk];
  }
}

/** Nested facts as [name, text] pairs, the same as in the pre-rendered cards. */
function flatten(facts, prefix = "") {
  return Object.entries(facts || {}).flatMap(([key, value]) => {
    if (value === null || value === "") return [];
    if (Array.isArray(value)) return [[prefix + key, value.join(", ")]];
    if (typeof value === "object") return flatten(value, `${prefix}${key}.`);
    return [[prefix + key, typeof value === "boolean" ? (value ? "on" : "off") : String(value)]];
  });
}
