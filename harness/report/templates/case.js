// One case on every target: the verdict in a sentence, figures beside what was allowed, the worst elements with their bits.

// Rows of the table of figures: [key of the output, words, where its largest stands, the allowance (a number or a key of the verdict's figures)].
const FIGURE_ROWS = [
  ["max_ratio", "Worst error ÷ allowance", "max_ratio_index", 1],
  ["max_z", "Worst error ÷ expected noise", "max_z_index", ["z_limit", "max_z_limit"]],
  ["rms_z", "RMS of error ÷ noise", null, ["rho", "rms_z_limit", "rms_limit"]],
  ["block_z", "RMS in the worst block", "block_index", ["block_limit", "block_z_limit"]],
  ["crowd_z", "Error ÷ noise that several exceed", null, ["crowd_limit"]],
  ["drift_z", "Mean of error ÷ noise", null, ["drift_limit"]],
  ["lane_drift_z", "Mean in a lane of eight, from all, × √n", null, ["lane_drift_limit"]],
  ["lane_rms_z", "RMS in the noisiest lane of eight", null, ["lane_limit"]],
  ["stuck_clear", "A bit holds still: −log₂ of its chance", null, ["stuck_limit"]],
  ["max_abs", "Largest absolute error", "max_abs_index"],
  ["mean_abs", "Mean absolute error"],
  ["max_rel", "Largest relative error", "max_rel_index"],
  ["mean_rel", "Mean relative error"],
  ["max_ulp", "Largest error in ulp", "max_ulp_index"],
  ["mean_ulp", "Mean error in ulp"],
  ["rmse", "RMSE"],
  ["cosine", "Cosine"],
  ["snr_db", "Signal to noise, dB"],
  ["mismatched", "Share not equal to the rounded golden"],
  ["sign_bias", "Sign bias"],
  ["slope", "Gain error"],
  ["detectable", "Smallest fault sure to be seen ÷ scale"],
];

class CaseView {
  constructor(index, element) { Object.assign(this, { index, element }); }

  async show(_, id) {
    const { index } = this, number = index.caseNumber.get(id);
    if (number === undefined) {
      put(this.element, h("h1", null, "No such case"), h("p", { class: "lede" }, "This run has no case ", h("code", null, id), "."));
      return;
    }
    const rows = index.rowsOf(number);
    const details = await Promise.all(rows.map((row) => index.details_of(row)));
    const results = rows.map((row, at) => ({ row, target: index.targetOf(row), status: index.statusOf(row),
      failed: index.isFailure[index.status.codes[row]], detail: details[at], lost: index.detail[row] === -2 }));
    results.sort((a, b) => b.failed - a.failed || (index.margin[a.row] === null) - (index.margin[b.row] === null)
      || index.sortable.margin[b.row] - index.sortable.margin[a.row]);
    const failures = results.filter((result) => result.failed);
    const shown = results.filter((result) => result.detail || result.lost); // failures, and those that were known
    const of = (field) => { const column = index.cases[field]; return column.values[column.codes[number]]; };
    put(this.element, 
      this.steps(number),
      h("p", { class: "overline" }, [of("op"), of("dtype"), of("shapes"), of("values"), of("tags")].filter(Boolean).flatMap((part, at) => [at ? " · " : "", name(part)])),
      h("h1", { class: "caseid" }, name(id)),
      h("p", { class: "lede" }, failures.length ? [h("b", null, plural(failures.length, "target")), ` of ${results.length} did not pass.`]
        : `Nothing failed on ${plural(results.length, "target")}.`),
      shown.slice(0, 3).map(sentence),
      shown.length > 3 ? h("details", { class: "more" }, h("summary", null, `${shown.length - 3} more`), shown.slice(3).map(sentence)) : null,
      this.attribution(number, results),
      h("section", { "aria-label": "Every target" }, h("h2", null, "Every target"), this.everywhere(results)),
      shown.map(nodes),
      outputs(shown),
      shown.map((result) => evidence(result)),
      provenance(shown, of("source")));
    announce(`${id}: ${failures.length} of ${results.length} targets did not pass`);
  }

  /** Links to the failing cases before and after this one. */
  steps(number) {
    const { index } = this;
    index.failing ??= index.cases.id.map((_, id) => id).filter((id) => index.rowsOf(id).some((row) => index.isFailure[index.status.codes[row]]));
    const before = index.failing.filter((id) => id < number).pop(), after = index.failing.find((id) => id > number);
    const link = (id, rel, words) => (id === undefined ? h("span", { class: "nil" }, words) : h("a", { rel, href: caseLink(index.cases.id[id]) }, words));
    return h("nav", { class: "steps", "aria-label": "Failing cases" }, link(before, "prev", "← previous failure"), link(after, "next", "next failure →"));
  }

  everywhere(results) {
    const { index } = this;
    return h("div", { class: "scroll" }, h("table", { class: "plain every" },
      h("thead", null, h("tr", null, ["Target", "Status", "Error ÷ allowance", "Max ulp", "Max abs", "Max rel", "Rule", "Ran", "Time"].map((label, at) =>
        h("th", { scope: "col", class: [2, 3, 4, 5, 8].includes(at) ? "num" : null }, label)))),
      h("tbody", null, results.map(({ row, target, status }) => h("tr", null,
        h("th", { scope: "row" }, name(target)), h("td", null, badge(status)), h("td", { class: "num" }, ratioCell(index, row)),
        ["ulp", "abs", "rel"].map((key) => h("td", { class: "num" }, figure(index[key][row]))),
        h("td", { class: "mono" }, index.rule.values[index.rule.codes[row]]), h("td", null, index.how.values[index.how.codes[row]]),
        h("td", { class: "num" }, seconds(index.seconds[row])))))));
  }

  /** Who agrees with the golden and with each other, and what sets the failing targets apart. */
  attribution(number, results) {
    const { index } = this;
    const found = index.attribution[number];
    const names = (targets) => targets.map((target, at) => [at ? ", " : "", h("span", { class: "mono" }, name(index.targetNames[target]))]);
    const bad = results.filter((result) => result.failed && result.status !== "missing-golden" && result.status !== "stale-golden").map(({ row }) => index.target[row]);
    const good = found ? found.agree : results.filter((result) => result.status === "pass").map(({ row }) => index.target[row]);
    if (!bad.length || bad.length + good.length < 2) return null;
    const lines = [["Agree with the golden", good.length ? names(good) : "none"]];
    const agree = new Set(good);
    const rest = found ? found.groups.filter((group) => !group.every((target) => agree.has(target))) : [];
    for (const group of rest) lines.push([group.length > 1 ? "Agree with each other" : "Alone", names(group)]);
    if (found && found.outlier) lines.push(["The golden", "is itself the outlier: most targets agree with each other and not with it"]);
    const apart = distinguishing(index, bad, good);
    if (apart.length) lines.push(["Only they have", apart.map(([key, value], at) => [at ? "; " : "", `${key} `, h("b", null, name(value))])]);
    return h("section", { "aria-label": "Attribution" }, h("h2", null, "Who agrees"), h("dl", { class: "wide" }, lines.map(([term, words]) => [h("dt", null, term), h("dd", null, words)])),
      this.groups(bad, good));
  }

  /** The verdicts by instruction set, backend and library version, where these differ. */
  groups(bad, good) {
    const { index } = this;
    const facts = new Map([...bad, ...good].map((target) => [target, new Map(factsOf(index.targets[target]))]));
    const keys = new Set([...facts.values()].flatMap((each) => [...each.keys()]));
    const wanted = [...keys].filter((key) => /^(device|backend|machine|capability|hardware|emulator|threads|versions)(\.|$)/.test(key)
      && new Set([...facts.values()].map((each) => each.get(key))).size > 1);
    if (!wanted.length) return null;
    return h("details", { class: "more" }, h("summary", null, "By instruction set, library and version"),
      h("div", { class: "scroll" }, h("table", { class: "plain" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }, "What"), h("th", { scope: "col" }, "Value"), h("th", { scope: "col" }, "Failed"), h("th", { scope: "col" }, "Agree with the golden"))),
        h("tbody", null, wanted.flatMap((key) => {
          const values = [...new Set([...facts.values()].map((each) => each.get(key) ?? "–"))].sort();
          const having = (targets, value) => targets.filter((target) => (facts.get(target).get(key) ?? "–") === value).map((target) => index.targetNames[target]).join(", ");
          return values.map((value, at) => h("tr", null, h("th", { scope: "row" }, at ? "" : key), h("td", null, name(value)),
            h("td", { class: "t-bad" }, having(bad, value)), h("td", null, having(good, value))));
        })))));
  }
}

/** All that is known of a target as [name, text] pairs. */
const factsOf = (target) => [["device", target.device || ""], ["backend", target.backend || ""], ...flatten(target.fingerprint)];

/** Facts that every target of `bad` shares and none of `good` has. */
function distinguishing(index, bad, good) {
  if (!good.length) return [];
  const all = bad.map((target) => new Map(factsOf(index.targets[target]))), others = good.map((target) => new Map(factsOf(index.targets[target])));
  return [...all[0]].filter(([key, value]) => value && all.every((facts) => facts.get(key) === value) && others.every((facts) => facts.get(key) !== value));
}

/** What happened on one target, in words. */
function sentence({ target, status, detail, lost }) {
  const [first, ...rest] = String((detail && detail.message) || "").trim().split("\n");
  return h("article", { class: "verdict" },
    h("p", null, badge(status), " ", h("b", { class: "mono" }, name(target)), first ? ["  ", name(first)] : null),
    lost ? h("p", { class: "hint" }, "Its details were left out to keep this file small; its record is in records.jsonl.") : null,
    rest.length ? h("pre", null, rest.join("\n")) : null,
    ((detail && detail.verdict && detail.verdict.warnings) || []).map((warning) => h("p", { class: "hint" }, "Note: ", name(warning))));
}

const MOST_NODES = 10; // guilty nodes that are shown at once

/** What judging node by node found on one target: the guilty nodes in program order, then the passing ones nearest to their allowance. */
function nodes({ target, detail }) {
  const found = detail && detail.nodes;
  if (!found || !found.total) return null;
  const tensors = (list) => list.map(([key, dtype, shape]) => h("div", null, h("span", { class: "mono" }, name(key)), h("small", null, ` ${dtype} ${shape.join("×") || "scalar"}`)));
  const row = (node) => h("tr", null,
    h("td", { class: "num" }, figure(node.number)), h("th", { scope: "row" }, h("span", { class: "mono" }, name(node.id)), String(node.where || "").split(", ").filter(Boolean).map((part) => h("small", null, name(part)))),
    h("td", { class: "mono" }, name(node.op)), h("td", null, badge(node.status)), h("td", { class: node.status === "pass" ? "num" : "num t-bad" }, figure(node.margin)),
    h("td", { class: "mono" }, name(node.rule)), h("td", null, tensors(node.inputs)), h("td", null, tensors(node.outputs)));
  const table = (...bodies) => h("div", { class: "scroll" }, h("table", { class: "plain nodes" },
    h("thead", null, h("tr", null, ["#", "Node", "Operator", "Verdict", "Error ÷ allowance", "Rule", "Reads", "Gives"].map((label, at) =>
      h("th", { scope: "col", class: at === 0 || at === 4 ? "num" : null }, label)))), bodies));
  const left = Object.entries(found.left || {}), nearest = found.near || [];
  return h("section", { "aria-label": `Node by node on ${target}` }, h("h2", null, "Node by node on ", h("span", { class: "mono" }, name(target))),
    h("p", { class: "hint" }, `Each node was fed what the golden says it reads, and judged by its operator's own rule${found.alone ? "; each was compiled by itself" : ""}. `,
      h("b", null, found.wrong ? `${found.wrong} of ${plural(found.judged, "node")} ${found.wrong === 1 ? "diverges" : "diverge"}.` : `None of ${plural(found.judged, "node")} diverges.`),
      Object.entries(found.ops || {}).sort(([, a], [, b]) => b[2] - a[2]).map(([op, [wrong, of, worst]], at) => [at ? ", " : " By operator: ", h("span", { class: "mono" }, name(op)), ` ${wrong} of ${of} (${figure(worst)}×)`]), Object.keys(found.ops || {}).length ? "." : "",
      found.wrong > found.guilty.length ? ` The first ${found.guilty.length} are shown.` : ""),
    found.guilty.length || nearest.length ? table(
      found.guilty.length ? h("tbody", null, found.guilty.slice(0, MOST_NODES).map(row)) : null,
      nearest.length ? h("tbody", null, h("tr", null, h("th", { scope: "rowgroup", colspan: 8, class: "part" }, "Passing, nearest to their allowance")), nearest.map(row)) : null) : null,
    found.guilty.length > MOST_NODES ? h("details", { class: "more" }, h("summary", null, `${found.guilty.length - MOST_NODES} more that diverge`),
      table(h("tbody", null, found.guilty.slice(MOST_NODES).map(row)))) : null,
    left.length ? h("dl", { class: "wide" }, left.map(([why, ids]) => [h("dt", null, `Not looked at: ${ids.length}`), h("dd", null, name(why), h("small", null, ` ${ids.slice(0, 8).join(", ")}${ids.length > 8 ? " …" : ""}`))])) : null);
}

/** Each output that any failing target returned, with those targets side by side. */
function outputs(failures) {
  const found = new Map();
  for (const failure of failures) for (const output of (failure.detail && failure.detail.outputs) || []) {
    const key = output.output ?? output.name ?? "output";
    if (!found.has(key)) found.set(key, []);
    found.get(key).push({ target: failure.target, output, figures: (failure.detail.verdict && failure.detail.verdict.figures) || {} });
  }
  const order = [...found].sort(([, a], [, b]) => worstRatio(b) - worstRatio(a));
  return order.map(([key, sides]) => h("section", { "aria-label": `Output ${key}` },
    h("h2", null, name(key), " ", h("small", null, [sides[0].output.dtype, (sides[0].output.shape || []).join("×")].filter(Boolean).join(" "))),
    sides.flatMap(({ target, output }) => (output.contract || []).map((broken) => h("p", { class: "notice" }, h("b", { class: "mono" }, name(target)), ": ", name(broken)))),
    h("div", { class: "split" }, h("div", { class: "tell" }, figures(sides)), drawings(sides)), elements(sides)));
}

function worstRatio(sides) {
  return Math.max(...sides.map(({ output }) => (typeof output.max_ratio === "number" ? output.max_ratio : output.max_ratio ? Infinity : 0)));
}

/** Figures beside what was allowed, and the rule that allowed it. */
function figures(sides) {
  // The verdict's figures are those of the output that set it; the limits of the others are not in the record.
  const leading = sides.find(({ output, figures: own }) => own.max_ratio === output.max_ratio && own.rms_z === output.rms_z);
  const limit = (wanted) => (typeof wanted === "number" ? wanted
    : leading && (wanted || []).map((key) => leading.figures[key]).find((value) => value !== undefined));
  const of = (side, key) => side.output[key] ?? (side === leading ? side.figures[key] : undefined);
  const rows = FIGURE_ROWS.filter(([key]) => sides.some((side) => of(side, key) !== undefined)).map(([key, words, at, wanted]) => {
    const allowed = limit(wanted);
    return h("tr", null, h("th", { scope: "row" }, words), sides.map((side) => {
      const value = of(side, key), over = allowed !== undefined && value !== undefined && !(Number(value) <= Number(allowed));
      return h("td", { class: over ? "num t-bad" : "num" }, over ? "▲ " : "", key === "cosine" ? cosine(value) : figure(value, 4), place(side.output, key, at, value));
    }), h("td", { class: "num" }, allowed === undefined ? "" : "≤ " + figure(allowed)), h("td", { class: "mono" }, allowed === undefined ? "" : sides[0].output.rule || ""));
  });
  const specials = ["nan", "inf", "zero", "subnormal"].filter((key) => sides.some(({ output }) => (output.actual_counts || {})[key] || (output.golden_counts || {})[key]));
  const counts = specials.map((key) => {
    const golden = (sides[0].output.golden_counts || {})[key] || 0;
    return h("tr", null, h("th", { scope: "row" }, { nan: "NaN", inf: "Infinities", zero: "Zeros", subnormal: "Subnormals" }[key]), sides.map(({ output }) => {
      const count = (output.actual_counts || {})[key] || 0;
      return h("td", { class: count === golden ? "num" : "num t-bad" }, figure(count));
    }), h("td", { class: "num" }, figure(golden)), h("td", null, "in the golden"));
  });
  const set = sides[0].output.rule_figures || {};
  return [
    h("div", { class: "scroll" }, h("table", { class: "plain figures" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "Figure"), sides.map(({ target }) => h("th", { scope: "col", class: "num" }, name(target))), h("th", { scope: "col", class: "num" }, "Allowed"), h("th", { scope: "col" }, "Set by rule"))),
      h("tbody", null, rows, counts))),
    Object.keys(set).length ? h("p", { class: "hint" }, "The rule ", h("b", null, name(sides[0].output.rule)), " used ", Object.entries(set).map(([key, value], at) => [at ? ", " : "", h("span", { class: "mono" }, `${key} = ${figure(value, 4)}`)]), ".") : null,
  ];
}

/** Where the largest stands, how many elements exceed a figure, or which bit holds still. */
function place(output, key, at, value) {
  const still = key === "stuck_clear" && output.stuck;
  if (still) return h("small", null, ` bit ${still.bit} is ${still.state}${still.lanes > 1 ? ` in lane ${still.lane} of ${still.lanes}` : ""}`);
  const [, count] = (key === "crowd_z" && (output.z_counts || []).find(([edge]) => edge === value)) || [];
  if (count) return h("small", null, ` by ${count} elements`);
  return at && output[at] ? h("small", null, ` at [${output[at].join(", ")}]`) : null;
}

/** Close to 1, only the distance tells. */
const cosine = (value) => (value > 0.999 && value < 1 ? `1 − ${figure(1 - value)}` : figure(value, 4));

function drawings(sides) {
  const bars = sides.filter(({ output }) => (output.ulp_histogram || []).length), maps = sides.filter(({ output }) => (output.tiles || []).length);
  const block = (title, items, draw) => (items.length ? h("div", null, h("h3", null, title), h("div", { class: "cols" }, items.map((side) =>
    h("figure", null, draw(side), h("figcaption", { class: "mono" }, name(side.target)))))) : null);
  return h("div", { class: "drawings" },
    block("Errors in ulp", bars, ({ output, target }) => histogram(output.ulp_histogram, `Histogram of errors in ulp on ${target}`)),
    block("Where it is wrong", maps, ({ output, target }) => tileMap(output.tiles, output.shape || [], `Map of errors over allowance on ${target}`)),
    maps.length ? legend() : null);
}

/** The worst elements of each target, with what the other failing targets returned at the same place. */
function elements(sides) {
  return sides.filter(({ output }) => (output.worst || []).length).map((side) => {
    const others = sides.filter((other) => other !== side).map((other) => [other, new Map((other.output.worst || []).map((element) => [placeOf(element), element]))]);
    const line = (who, value, hex, versus, element) => h("tr", { class: element ? null : "gold" },
      h("th", { scope: "row" }, who), h("td", { class: "num mono" }, figureText(value)), h("td", { class: "mono" }, name(hex ?? "")),
      h("td", null, bits(hex, side.output.dtype, versus)),
      element ? [h("td", { class: "num" }, figure(element.ulps, 4)), h("td", { class: "num" }, figure(element.error, 4)), h("td", { class: "num" }, figure(element.allowed, 4))] : h("td", { colspan: 3 }));
    return h("details", { class: "worst-elements", open: side === sides[0] },
      h("summary", null, h("h3", null, `The ${side.output.worst.length} worst elements on `, h("span", { class: "mono" }, name(side.target)))),
      h("div", { class: "scroll" }, h("table", { class: "elements" },
        h("thead", null, h("tr", null, ["Index", "", "Value", "Hex", "Sign, exponent, mantissa", "Ulps", "Error", "Allowed"].map((label, at) => h("th", { scope: "col", class: [2, 5, 6, 7].includes(at) ? "num" : null }, label)))),
        side.output.worst.map((element) => {
          const place = placeOf(element);
          const lines = [line("golden", element.golden, element.golden_hex, null, null), line(name(side.target), element.actual, element.actual_hex, element.golden_hex, element),
            ...others.filter(([, at]) => at.has(place)).map(([other, at]) => { const its = at.get(place); return line(name(other.target), its.actual, its.actual_hex, element.golden_hex, its); })];
          lines[0].prepend(h("th", { scope: "rowgroup", rowspan: lines.length, class: "mono index" }, place));
          return h("tbody", null, lines);
        }))));
  });
}

const placeOf = (element) => "[" + (element.index || []).join(", ") + "]" + (element.part ? " " + element.part : "");
const figureText = (value) => (typeof value === "number" ? String(value) : Array.isArray(value) ? `${value[0]} + ${value[1]}i` : name(value ?? ""));

/** How one target ran: the command to run it again, proof of where it ran, its last words. */
function evidence({ target, detail }) {
  if (!detail) return null;
  const facts = [...flatten(detail.evidence), ...Object.entries(detail.seconds || {}).map(([key, value]) => [`time, ${key}`, seconds(value)])];
  return h("section", { "aria-label": `Run on ${target}` }, h("h2", null, "On ", h("span", { class: "mono" }, name(target))),
    detail.repro ? h("div", { class: "repro" }, h("pre", null, detail.repro), copyButton(detail.repro)) : null,
    detail.nodeid ? h("p", { class: "hint mono" }, name(detail.nodeid)) : null,
    facts.length ? h("dl", { class: "wide" }, facts.map(([key, value]) => [h("dt", null, key), h("dd", null, name(value))])) : null,
    detail.log ? [h("h3", null, "The worker's last words"), h("pre", { class: "log" }, detail.log)] : null);
}

function provenance(failures, source) {
  const known = failures.map(({ detail }) => detail && detail.golden).find((golden) => golden && Object.keys(golden).length);
  return h("section", { "aria-label": "Golden" }, h("h2", null, "Golden and source"),
    h("dl", { class: "wide" }, [["case", source], ...(known ? [...(known.key ? [["key", known.key]] : []), ...flatten(known.provenance)] : [])].filter(([, value]) => value)
      .map(([key, value]) => [h("dt", null, key), h("dd", null, name(value))])));
}

/** Copies without asking for a permission where the clipboard is closed to files. */
function copyButton(text) {
  const button = h("button", { class: "chip", onclick: async () => {
    let done = false;
    try { await navigator.clipboard.writeText(text); done = true; } catch {
      const area = h("textarea", { class: "sr" });
      area.value = text;
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
    }
    button.textContent = done ? "Copied" : "Select and copy by hand";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  } }, "Copy");
  return button;
}
