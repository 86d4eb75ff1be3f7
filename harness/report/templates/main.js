// Routes. `#/` is already in the page; everything else waits for the index.

const views = { summary: null, matrix: MatrixView, cases: CasesView, case: CaseView };
const TITLE = document.title;
const built = {};
let loading = null;

async function route() {
  const [path, search] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [word, ...rest] = path.split("/");
  const view = word in views && word !== "" ? word : "summary";
  for (const each of Object.keys(views)) document.getElementById(`view-${each}`).hidden = each !== view;
  for (const tab of document.querySelectorAll(".tabs a")) {
    const here = tab.dataset.view === view || (view === "case" && tab.dataset.view === "cases");
    if (here) tab.setAttribute("aria-current", "page"); else tab.removeAttribute("aria-current");
  }
  const id = decode(rest.join("/"));
  document.title = visible([id, view === "summary" ? "" : view, TITLE].filter(Boolean).join(" · "));
  if (view === "summary") { ready(); return; }
  const element = document.getElementById(`view-${view}`);
  if (!loading) {
    put(element, h("p", { class: "hint" }, "Opening the data…"));
    loading = unpack("index").then((plain) => new Index(plain));
  }
  try {
    const index = await loading;
    built[view] ??= new views[view](index, element);
    await built[view].show(new URLSearchParams(search || ""), id);
  } catch (error) {
    put(element, h("p", { class: "notice" }, `The data of this report can't be opened: ${error.message}. `
      + "It needs a browser with DecompressionStream: Chrome 80, Firefox 113, Safari 16.4 or later."));
    throw error;
  }
  ready();
}

function decode(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

/** Marks, for the benchmark, that what the address asks for is on the screen. */
function ready() {
  document.documentElement.dataset.ready = location.hash || "#/";
  performance.mark("ready");
}

let last = location.hash;
addEventListener("hashchange", () => {
  const page = (hash) => hash.split("?")[0];
  if (page(last) !== page(location.hash)) scrollTo(0, 0);
  last = location.hash;
  route();
});

addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || /^(input|textarea|select)$/i.test(event.target.tagName)) return;
  const box = document.querySelector(".view:not([hidden]) .query");
  if (event.key === "/") {
    event.preventDefault();
    if (box) box.focus(); else location.hash = "#/cases";
  } else if (!document.getElementById("view-case").hidden) {
    const link = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const found = link && event.target.closest("[data-keys]") === null && document.querySelector(`#view-case a[rel=${link}]`);
    if (found) location.hash = found.getAttribute("href");
    if (event.key === "Escape") location.hash = built.cases ? "#/cases?" + (built.cases.address || "") : "#/cases";
  }
});

route();
