// A table of any length: only the rows in sight are in the page, and the arrow keys reach all of them.

const ROW_HEIGHT = 37; // pixels, as in views.css

class VirtualTable {
  /** columns: [{key, label, class, cell(row) → child}]. open(row): Enter or a click. sorted(key): a heading was used. */
  constructor({ label, columns, open, sorted }) {
    Object.assign(this, { columns, open, sorted });
    this.rows = [];
    this.active = 0;
    this.first = this.last = -1;
    this.head = h("tr", { "aria-rowindex": 1 }, columns.map((column) =>
      h("th", { scope: "col", class: column.class, "data-key": column.key },
        column.sort === false ? column.label
          : h("button", { class: "sort", onclick: () => this.sorted(column.key) }, column.label))));
    this.body = h("tbody", { onclick: (event) => this.click(event) });
    this.above = h("tbody", { "aria-hidden": "true" }, h("tr", null, h("td", { colspan: columns.length, class: "gap" })));
    this.below = h("tbody", { "aria-hidden": "true" }, h("tr", null, h("td", { colspan: columns.length, class: "gap" })));
    this.table = h("table", { class: "virtual", "aria-label": label }, h("thead", null, this.head), this.above, this.body, this.below);
    this.element = h("div", { class: "window", tabindex: "0", "aria-label": label, role: "region" }, this.table);
    this.element.addEventListener("scroll", () => this.draw());
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.watch = new ResizeObserver(() => this.draw(true));
    this.watch.observe(this.element);
  }

  show(rows, sort) {
    this.rows = rows;
    this.active = 0;
    this.element.scrollTop = 0;
    this.table.setAttribute("aria-rowcount", rows.length + 1);
    for (const heading of this.head.children) {
      const way = sort.key === heading.dataset.key ? (sort.down ? "descending" : "ascending") : null;
      if (way) heading.setAttribute("aria-sort", way); else heading.removeAttribute("aria-sort");
    }
    this.draw(true);
  }

  draw(again = false) {
    const { scrollTop, clientHeight } = this.element;
    const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - 8);
    const last = Math.min(this.rows.length, Math.ceil((scrollTop + (clientHeight || 600)) / ROW_HEIGHT) + 8);
    if (!again && first === this.first && last === this.last) return;
    this.first = first;
    this.last = last;
    this.above.firstChild.firstChild.style.height = first * ROW_HEIGHT + "px";
    this.below.firstChild.firstChild.style.height = (this.rows.length - last) * ROW_HEIGHT + "px";
    const drawn = [];
    for (let at = first; at < last; at++) {
      const row = this.rows[at];
      drawn.push(h("tr", { "aria-rowindex": at + 2, "data-at": at, class: at === this.active ? "active" : null },
        this.columns.map((column) => h("td", { class: column.class }, column.cell(row)))));
    }
    put(this.body, drawn);
  }

  move(to) {
    this.active = Math.max(0, Math.min(this.rows.length - 1, to));
    const head = this.head.offsetHeight, top = this.active * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + ROW_HEIGHT + head > scrollTop + clientHeight) this.element.scrollTop = top + ROW_HEIGHT + head - clientHeight;
    this.draw(true);
    const row = this.body.querySelector(".active");
    if (row) announce([...row.children].map((cell) => cell.textContent).join(", "));
  }

  key(event) {
    if (event.target !== this.element || event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW_HEIGHT) - 2);
    const to = { ArrowDown: this.active + 1, j: this.active + 1, ArrowUp: this.active - 1, k: this.active - 1, PageDown: this.active + page,
      PageUp: this.active - page, Home: 0, End: this.rows.length - 1 }[event.key];
    if (to !== undefined) { event.preventDefault(); this.move(to); }
    else if (event.key === "Enter" && this.rows.length) this.open(this.rows[this.active]);
  }

  click(event) {
    const row = event.target.closest("tr");
    if (row && !event.target.closest("a") && !String(getSelection())) this.open(this.rows[Number(row.dataset.at)]);
  }
}
