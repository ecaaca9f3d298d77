/* The table of trials: sorted, filtered, a page at a time. */
const PAGE_ROWS = 25;
const TESTS = {
  "=": (a, b) => a === b, "≠": (a, b) => a !== b, "<": (a, b) => a < b, "≤": (a, b) => a <= b,
  ">": (a, b) => a > b, "≥": (a, b) => a >= b, contains: (a, b) => String(a).toLowerCase().includes(String(b).toLowerCase()),
};

/** A column of the table: what it shows, and what it is sorted by. */
function tableColumns(run) {
  const field = (name, text, key, isText) => ({ name, text, key, isText, varies: true });
  const { rows } = run;
  const texts = (name) => (row) => (rows[name][row] === null ? "" : rows[name + "_texts"][rows[name][row]]);
  const columns = [
    field("trial", (row) => String(rows.number[row]), (row) => rows.number[row], false),
    field("state", (row) => STATE_WORDS[STATES[rows.state[row]]] + (rows.constraints_ok[row] === false ? ", constraints broken" : ""), null, true),
    ...run.objectives.map((objective, i) => field(objective.name, (row) => exact(rows.values[i][row]), (row) => rows.numbers[i][row], false)),
    field("duration", (row) => seconds(rows.seconds[row]), (row) => (rows.seconds[row] === null ? NaN : Number(rows.seconds[row])), false),
  ];
  if (rows.start.some((at) => at !== null)) columns.push(field("started", (row) => moment(rows.start[row]), (row) => (rows.start[row] === null ? NaN : rows.start[row]), true));
  if (rows.worker_texts.length) columns.push(field("worker", texts("worker"), null, true));
  for (const column of run.columns) {
    const text = (row) => (column.values[row] === null ? "" : column.texts ? column.texts[column.values[row]] : exact(column.values[row]));
    columns.push({ name: column.name, text, key: column.texts ? null : (row) => column.number[row], isText: !!column.texts, varies: column.varies });
  }
  if (rows.error_texts.length) columns.push(field("error", texts("error"), null, true));
  return columns;
}

function exact(value) {
  return value === null ? "" : String(value);
}

function matches(run, columns, filter) {
  const found = [];
  const test = TESTS[filter.test];
  const wanted = Number(filter.value);
  const words = filter.text.toLowerCase();
  const searched = columns.filter((column) => column.isText || column.name === "trial");
  for (let row = 0; row < run.count; row++) {
    if (filter.state !== "" && run.rows.state[row] !== Number(filter.state)) continue;
    if (words && !searched.some((column) => column.text(row).toLowerCase().includes(words))) continue;
    if (filter.column && filter.value !== "") {
      const byNumber = filter.column.key && filter.test !== "contains" && !Number.isNaN(wanted);
      if (!(byNumber ? test(filter.column.key(row), wanted) : test(filter.column.text(row), filter.value))) continue;
    }
    found.push(row);
  }
  return found;
}

/** Rows in order; those without a value are last either way. */
function sorted(rows, column, direction) {
  if (!column.key) {
    return rows.sort((a, b) => direction * column.text(a).localeCompare(column.text(b)) || a - b);
  }
  const key = column.key;
  return rows.sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y) || a - b;
    return direction * (x - y) || a - b;
  });
}

function trialsTable(run, parent) {
  const columns = tableColumns(run);
  const hidden = columns.filter((column) => !column.varies).length;
  const objective = run.objectives[0];
  const view = { at: 0, hide: hidden > 0, by: run.objectives.length === 1 ? columns[2] : columns[0],
    direction: run.objectives.length === 1 && objective.direction === "maximize" ? -1 : 1,
    filter: { state: "", text: "", column: null, test: "≥", value: "" } };
  const best = new Set(run.front || run.top.slice(0, 1));
  const status = make("p", { className: "note", role: "status", "aria-live": "polite" });
  const head = make("tr");
  const body = make("tbody");
  const table = make("table", { id: "trials" },
    make("caption", null, `Trials of ${short(run.name, 80)}. A button at the head of a column sorts by it; the best ${run.front ? "are" : "is"} shaded.`),
    make("thead", null, head), body);
  const turn = (by) => () => {
    view.at += by;
    show();
  };
  const back = make("button", { type: "button", onclick: turn(-1) }, "Previous");
  const next = make("button", { type: "button", onclick: turn(1) }, "Next");

  function show() {
    const rows = sorted(matches(run, columns, view.filter), view.by, view.direction);
    const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
    view.at = Math.min(Math.max(0, view.at), pages - 1);
    const shown = columns.filter((column) => column.varies || !view.hide);
    head.replaceChildren(...shown.map(headCell));
    body.replaceChildren(...rows.slice(view.at * PAGE_ROWS, (view.at + 1) * PAGE_ROWS).map((row) => bodyRow(row, shown)));
    back.disabled = view.at === 0;
    next.disabled = view.at === pages - 1;
    status.textContent = rows.length === 0 ? "No trial matches."
      : `${whole(view.at * PAGE_ROWS + 1)} to ${whole(Math.min(rows.length, (view.at + 1) * PAGE_ROWS))} of ${plural(rows.length, "trial")}`
        + (rows.length < run.count ? ` that match, of ${whole(run.count)}` : "") + ".";
  }

  function headCell(column) {
    const by = column === view.by;
    const sort = () => {
      view.direction = column === view.by ? -view.direction : 1;
      view.by = column;
      view.at = 0;
      show();
      head.children[[...head.children].findIndex((cell) => cell.column === column)].firstChild.focus();
    };
    const arrow = by ? (view.direction > 0 ? " ▲" : " ▼") : "";
    const cell = make("th", { scope: "col", className: column.isText ? "text" : "", title: column.name,
      "aria-sort": by ? (view.direction > 0 ? "ascending" : "descending") : "none" },
    make("button", { type: "button", onclick: sort }, breakable(short(column.name, 60)), arrow));
    cell.column = column;
    return cell;
  }

  function bodyRow(row, shown) {
    return make("tr", { className: best.has(row) ? "best" : "" }, ...shown.map((column, i) => {
      if (i === 0) return make("th", { scope: "row" }, column.text(row));
      if (column.name === "state" && i === 1) {
        return make("td", { className: "text" }, make("span", { className: "state", style: `--dot: var(--${STATES[run.rows.state[row]].toLowerCase()})` }, column.text(row)));
      }
      return make("td", { className: column.isText ? "text" : "" }, column.text(row));
    }));
  }

  const set = (key, read) => (event) => {
    view.filter[key] = read ? read(event.target.value) : event.target.value;
    view.at = 0;
    show();
  };
  const options = (list) => list.map(([value, text]) => make("option", { value }, text));
  parent.append(
    make("div", { className: "controls" },
      make("label", null, "Text ", make("input", { type: "search", size: 12, oninput: set("text") })),
      make("label", null, "State ", make("select", { onchange: set("state") },
        ...options([["", "any"], ...STATES.map((state, i) => [i, STATE_WORDS[state]])]))),
      make("label", null, "Where ", make("select", { onchange: set("column", (at) => columns[at] || null) },
        ...options([["", "any column"], ...columns.map((column, i) => [i, short(column.name, 60)])]))),
      make("select", { "aria-label": "Comparison", onchange: set("test") }, ...options(Object.keys(TESTS).map((test) => [test, test]))),
      make("input", { type: "text", size: 8, "aria-label": "Value to compare with", oninput: set("value") }),
      hidden ? make("label", null, make("input", { type: "checkbox", checked: true, onchange: (event) => {
        view.hide = event.target.checked;
        show();
      } }), `Hide ${plural(hidden, "column")} that never ${hidden === 1 ? "changes" : "change"}`) : null),
    make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Table of trials" }, table),
    make("div", { className: "controls", style: "margin-top: 10px" }, back, next, status));
  view.filter.test = Object.keys(TESTS)[0];
  show();
}
