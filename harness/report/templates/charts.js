// Small drawings: bits of a number, histogram of errors in ulp, map of where an output is wrong.

// dtype → bits of exponent and mantissa.
const FORMATS = {
  float64: [11, 52], float32: [8, 23], float16: [5, 10], bfloat16: [8, 7],
  float8_e4m3fn: [4, 3], float8_e4m3fnuz: [4, 3], float8_e5m2: [5, 2], float8_e5m2fnuz: [5, 2],
  complex64: [8, 23], complex128: [11, 52],
};

/** Hex to a string of as many bits as the digits hold; null where it is no hex number. */
function bitsOf(hex) {
  const digits = String(hex ?? "").replace(/^0x/i, "");
  if (!/^[0-9a-f]+$/i.test(digits)) return null;
  return [...digits].map((digit) => parseInt(digit, 16).toString(2).padStart(4, "0")).join("");
}

/** Sign, exponent and mantissa in colours and apart; bits that differ from `other` are underlined. */
function bits(hex, dtype, other) {
  const own = bitsOf(hex), against = bitsOf(other), format = FORMATS[dtype];
  if (own === null) return name(hex ?? "");
  const fields = format && own.length === 1 + format[0] + format[1]
    ? [["sign", 0, 1], ["exp", 1, 1 + format[0]], ["man", 1 + format[0], own.length]] : [["int", 0, own.length]];
  return h("span", { class: "bits", "aria-label": fields.map(([field, from, to]) => `${field} ${own.slice(from, to)}`).join(" ") },
    fields.map(([field, from, to]) => h("span", { class: field }, runs(own, against, from, to))));
}

function runs(own, against, from, to) {
  const out = [];
  for (let at = from; at < to;) {
    const differs = against !== null && against.length === own.length && own[at] !== against[at];
    let end = at + 1;
    while (end < to && (against !== null && against.length === own.length && own[end] !== against[end]) === differs) end++;
    out.push(differs ? h("u", null, own.slice(at, end)) : own.slice(at, end));
    at = end;
  }
  return out;
}

/** [[upper edge in ulp, count], …] as bars on a log scale of counts. */
function histogram(pairs, label) {
  const width = 36, height = 120, most = Math.log10(Math.max(...pairs.map(([, count]) => count), 1) + 1);
  const range = (at) => (at === 0 ? "exactly equal" : at === 1 ? `up to ${figure(pairs[1][0])} ulp`
    : `over ${figure(pairs[at - 1][0])} and up to ${figure(pairs[at][0])} ulp`);
  const bars = pairs.map(([edge, count], at) => {
    const tall = count ? Math.max(2, (height * Math.log10(count + 1)) / most) : 0;
    return svg("g", { transform: `translate(${at * width} 0)` },
      svg("title", null, `${plural(count, "element")} ${range(at)}`),
      svg("rect", { class: "hit", width, height: height + 40 }),
      svg("rect", { class: Number(edge) <= 1 ? "bar" : "bar far", x: 3, y: height - tall + 16, width: width - 6, height: tall, rx: 2 }),
      count ? svg("text", { x: width / 2, y: height - tall + 11, class: "count" }, short(count)) : null,
      svg("text", { x: width / 2, y: height + 32, class: "edge" }, edge === 0 ? "0" : figure(edge)));
  });
  return svg("svg", { class: "histogram", viewBox: `0 0 ${pairs.length * width} ${height + 40}`, width: pairs.length * width, role: "img", "aria-label": label },
    svg("line", { x1: 0, x2: pairs.length * width, y1: height + 16.5, y2: height + 16.5 }), bars);
}

function short(count) {
  return count < 1e4 ? String(count) : count < 1e6 ? `${Math.round(count / 1e3)}k` : `${figure(count / 1e6, 2)}M`;
}

/** Which of `pieces` equal parts of `size` elements the part `at` is, as `from–to`. */
function span(at, pieces, size) {
  const from = Math.floor((at * size) / pieces), to = Math.max(from, Math.floor(((at + 1) * size) / pieces) - 1);
  return from === to ? String(from) : `${from}–${to}`;
}

/** Worst |e|/B of each tile, rows first. All but the last dimension make the rows; fewer than 16 columns one long row. */
function tileMap(tiles, shape, label) {
  const rows = tiles.length, columns = tiles[0].length, size = Math.max(8, Math.min(24, Math.floor(416 / columns)));
  const size_of = (extents) => extents.reduce((product, extent) => product * extent, 1);
  const [tall, wide] = rows === 1 ? [1, size_of(shape)] : [size_of(shape.slice(0, -1)), shape[shape.length - 1]];
  const cells = tiles.map((row, y) => row.map((ratio, x) => {
    const value = ratio === null ? null : ratio === "nan" || ratio === "inf" ? Infinity : Number(ratio);
    return svg("rect", { x: x * size, y: y * size, width: size - 1, height: size - 1, class: value === null ? "none" : `h${heat(value)}` },
      svg("title", null, `${rows === 1 ? "elements" : `rows ${span(y, rows, tall)}, columns`} ${span(x, columns, wide)}: ${figure(ratio)} × the allowance`));
  }));
  return svg("svg", { class: "tiles", viewBox: `0 0 ${columns * size} ${rows * size}`, width: columns * size, height: rows * size, role: "img", "aria-label": label }, cells);
}
