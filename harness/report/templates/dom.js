// Building the page from data. Text reaches the page only as text nodes: nothing here parses markup.

const LETTER = {
  "pass": "✓", "diverged": "▲", "nondeterministic": "N", "crashed": "C", "timeout": "T", "error": "E", "fellback": "F",
  "missing-golden": "M", "stale-golden": "S", "stale-expectation": "X", "known": "K", "undecided": "?", "vacuous": "V", "unsupported": "–",
};

/** Control and direction characters as visible code points, as in the pre-rendered part. */
function visible(text) {
  return String(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu, (c) =>
    c === "\n" || c === "\t" ? c : `⟨U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}

/** An element: h("td", {class: "num", onclick: f}, "text", child, [more], null). */
function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** The same in SVG. */
function svg(tag, props, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : visible(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
  return element;
}

/** Replace what an element holds; children as in h(). */
function put(element, ...children) {
  element.replaceChildren();
  return fill(element, null, children);
}

/** A name from outside, isolated so that its direction stays its own. */
const name = (text) => h("bdi", null, text);

const badge = (status, word = status) =>
  h("span", { class: `badge b-${status}` }, h("i", { "aria-hidden": "true" }, LETTER[status] || "?"), word);

const caseLink = (id) => "#/case/" + encodeURIComponent(id);

/** The address of the list of cases; every value is matched as it is. */
function casesLink(terms, sort) {
  const words = Object.entries(terms).filter(([, value]) => value).map(([key, value]) => `${key}:${quoted(value)}`);
  const search = new URLSearchParams({ q: words.join(" ") });
  if (sort) search.set("sort", sort);
  return "#/cases?" + search.toString().replaceAll("+", "%20");
}

function quoted(value) {
  return /[\s",*\\]/.test(value) ? '"' + value.replace(/(["\\])/g, "\\$1") + '"' : value;
}

/** A number as people read it: three significant digits unless told; "nan" and "inf" as they are. */
function figure(value, digits = 3) {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "string") return value === "inf" ? "∞" : value === "-inf" ? "−∞" : value === "nan" ? "NaN" : value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return "(" + value.map((v) => figure(v, digits)).join(", ") + ")";
  if (typeof value === "object") return Object.entries(value).map(([k, v]) => `${k} ${figure(v, digits)}`).join(", ");
  if (Object.is(value, -0)) return "−0";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return value.toLocaleString("en").replace("-", "−");
  const size = Math.abs(value);
  const text = size >= 1e-3 && size < 1e6 ? String(Number(value.toPrecision(digits))) : value.toExponential(digits - 1);
  return text.replace(/^-/, "−").replace("e-", "e−").replace("e+", "e");
}

const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** Seconds in the unit that suits. */
function seconds(value) {
  if (value === null || value === undefined) return "";
  if (value >= 1) return figure(value) + " s";
  return value >= 1e-3 ? figure(value * 1e3) + " ms" : figure(value * 1e6) + " µs";
}

/** The step of the heat scale for a ratio of error to allowance: 0–3 within it, 4–7 beyond. */
function heat(ratio) {
  if (ratio === null || ratio === undefined) return null;
  if (!(ratio <= 100)) return 7; // NaN too
  return ratio > 10 ? 6 : ratio > 2 ? 5 : ratio > 1 ? 4 : ratio > 0.5 ? 3 : ratio > 0.25 ? 2 : ratio > 0.05 ? 1 : 0;
}

const HEAT_WORDS = ["≤ 0.05", "≤ 0.25", "≤ 0.5", "≤ 1", "≤ 2", "≤ 10", "≤ 100", "> 100"];

function legend() {
  return h("div", { class: "legend", "aria-label": "Colours: worst error divided by its allowance" },
    h("span", null, "error ÷ allowance"),
    HEAT_WORDS.map((word, step) => h("span", { class: `key h${step}` }, step > 3 ? "▲ " + word : word)));
}

/** Say something to a screen reader. */
function announce(text) {
  document.getElementById("live").textContent = visible(text);
}
