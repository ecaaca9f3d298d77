/* The page itself: sections, what one chooses, colours. */
const main = document.getElementById("main");
const RUNS = DATA.runs;
RUNS.forEach(prepare);

/** A section with a chart, or the reason why there is none. */
function section(parent, id, title, chart, controls) {
  const heading = make("h2", { id: id + "-title" }, title);
  const card = make("section", { id, className: "card", "aria-labelledby": id + "-title" },
    make("div", { className: "head" }, heading, controls ? make("div", { className: "controls" }, ...controls) : null));
  parent.append(card);
  fill(card, chart);
  return card;
}

function fill(card, chart) {
  if (chart.empty) {
    card.append(make("p", { className: "empty" }, chart.empty));
    return;
  }
  const figure = make("figure");
  card.append(figure);
  if (chart.note) figure.append(make("figcaption", { className: "note takeaway" }, chart.note));
  plot(figure, chart);
  if (chart.table) figure.append(dataTable(...chart.table));
}

/** Draws a section's chart anew. */
function refill(card, chart) {
  dropPlots(card);
  card.querySelectorAll(":scope > figure, :scope > .empty").forEach((old) => old.remove());
  fill(card, chart);
  drawAll(plots.filter((one) => card.contains(one.box)), () => {});
}

function pair(parent) {
  const both = make("div", { className: "pair" });
  parent.append(both);
  return both;
}

function choice(label, list, chosen, change) {
  return make("label", null, label + " ", make("select", { onchange: (event) => change(Number(event.target.value)) },
    ...list.map((name, i) => make("option", { value: i, selected: i === chosen }, short(name, 70)))));
}

function tiles(run) {
  const { states } = run;
  const objective = run.objectives[0];
  const list = [["Trials", whole(run.trials), run.valid && run.objectives.length === 1 ? `${whole(run.valid)} of them valid` : ""]];
  if (run.objectives.length === 1) {
    const at = run.top[0];
    list.push([`Best ${short(objective.name, 30)}`, at === undefined ? "–" : fmt(run.rows.values[0][at]),
      at === undefined ? "no valid trial yet" : `trial ${run.rows.number[at]}, ${objective.direction}`]);
  } else {
    list.push(["Pareto front", plural(run.front_size, "trial"), run.objectives.map((o) => `${short(o.name, 20)}: ${o.direction}`).join(", ")]);
  }
  if (states.FAIL) list.push(["Failed", fmt(Number(((100 * states.FAIL) / run.trials).toPrecision(3))) + " %", plural(states.FAIL, "trial")]);
  list.push(["Mean duration", seconds(run.mean_seconds), run.mean_seconds === null ? "no trial says how long it took" : `${seconds(run.seconds)} in all`]);
  if (run.first !== null && run.last !== null && run.last > run.first) {
    const hours = (run.last - run.first) / 3600000;
    list.push(["Ran for", seconds((run.last - run.first) / 1000), `${fmt(Number(((run.trials - states.WAITING) / hours / 60).toPrecision(3)))} trials a minute`]);
  }
  return make("dl", { className: "tiles" }, ...list.map(([term, value, more]) =>
    make("div", null, make("dt", null, term), make("dd", null, value, more ? make("small", null, more) : null))));
}

function stateShare(run) {
  const there = STATES.filter((state) => run.states[state] > 0);
  if (there.length === 0) return make("p", { className: "empty" }, "This run has no trials yet.");
  const dot = (state) => `background: var(--${state.toLowerCase()})`;
  return make("div", null,
    make("div", { className: "share", "aria-hidden": "true" }, ...there.map((state) =>
      make("div", { style: `${dot(state)}; flex: ${run.states[state]} 0 3px` }))),
    make("ul", { className: "legend" }, ...there.map((state) =>
      make("li", null, make("i", { style: dot(state), "aria-hidden": "true" }), `${whole(run.states[state])} ${STATE_WORDS[state]}`))));
}

function summaryCard(run, parent) {
  const card = make("section", { id: "summary", className: "card", "aria-labelledby": "summary-title" },
    make("h2", { id: "summary-title" }, RUNS.length > 1 ? run.name : "Summary"), tiles(run), stateShare(run));
  if (run.isSample) {
    card.append(make("p", { className: "note", style: "margin-top: 12px" },
      `This run has ${whole(run.trials)} trials. Parameters and metrics on this page are those of ${whole(run.count)}: every ${ordinal(run.stride)} one${run.front ? " and the Pareto front" : " and the 100 best"}. Counts, the best so far, the spread of values${run.front ? ", the size of the front" : ""} and the timeline are of all.`));
  }
  if (run.columns_left) {
    card.append(make("p", { className: "note" }, `The page has ${run.columns.length} parameters and metrics; ${run.columns_left >= 300 ? "300 or more" : run.columns_left} others are left out.`));
  }
  parent.append(card);
}

function ordinal(n) {
  const end = n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] || "th";
  return whole(n) + end;
}

function bestCard(run, parent) {
  const row = run.top[0];
  if (row === undefined) return;
  const entry = (column) => make("div", null, make("dt", null, breakable(column.name)), make("dd", null, column.values[row] === null ? "–" : cellText(column, row)));
  const part = (title, columns) => (columns.length ? [make("h3", null, title), make("dl", { className: "wide" }, ...columns.slice(0, 60).map(entry)),
    columns.length > 60 ? make("p", { className: "note" }, `${columns.length - 60} more are in the table below.`) : null] : []);
  const has = (column) => column.values[row] !== null;
  const varying = run.varying.filter(has);
  const fixed = run.params.length - run.varying.length;
  parent.append(make("section", { id: "best", className: "card", "aria-labelledby": "best-title" },
    make("h2", { id: "best-title", style: "margin-bottom: 10px" }, `Best trial: ${run.rows.number[row]}`),
    ...part("Parameters" + (fixed && varying.length ? `, without ${fixed} that never change${fixed === 1 ? "s" : ""}` : ""), varying.length ? varying : run.params.filter(has)),
    make("div", { style: "height: 12px" }), ...part("Metrics", run.metrics.filter(has))));
}

const SLICES = 12;

function slicesCard(run, view, parent) {
  const grid = make("div", { className: "multiples" });
  const card = make("section", { id: "slices", className: "card", "aria-labelledby": "slices-title" },
    make("div", { className: "head" }, make("h2", { id: "slices-title" }, "Slices")));
  parent.append(card);
  if (run.ranked.length === 0) {
    card.append(make("p", { className: "empty" }, run.trials === 0 ? noValues(run) : "No parameter of this run varies."));
    return;
  }
  const add = (columns) => {
    const first = plots.length;
    for (const column of columns) {
      const figure = make("figure", null, make("figcaption", null, make("h3", { title: column.name }, breakable(short(column.name, 60)))));
      grid.append(figure);
      const chart = sliceChart(run, view, column);
      if (chart.empty) figure.append(make("p", { className: "empty" }, chart.empty));
      else plot(figure, { ...chart, option: (context) => {
        const option = chart.option(context);
        option.xAxis.name = isLog(column) ? "log" : "";
        return { ...option, grid: { ...option.grid, bottom: isLog(column) ? 40 : 26 } };
      } });
    }
    return plots.slice(first);
  };
  card.append(make("p", { className: "note takeaway" }, `${short(run.objectives[view.objective].name, 40)} by each parameter; later trials stand out more.`), grid);
  add(run.ranked.slice(0, SLICES));
  const rest = run.ranked.slice(SLICES);
  if (rest.length) {
    const more = make("button", { type: "button", style: "margin-top: 12px", onclick: () => {
      more.remove();
      drawAll(add(rest), () => {});
    } }, `Show ${plural(rest.length, "more parameter")}`);
    card.append(more);
  }
}

function contourCard(run, view, parent) {
  const columns = run.ranked;
  const chosen = { x: columns[0], y: columns[1] };
  let card = null;
  const change = (axis) => (at) => {
    chosen[axis] = columns[at];
    refill(card, contourChart(run, view, chosen.x, chosen.y));
  };
  const names = columns.map((column) => column.name);
  card = section(parent, "contour", "Contour", contourChart(run, view, chosen.x, chosen.y),
    columns.length < 2 ? null : [choice("Across", names, 0, change("x")), choice("Up", names, 1, change("y"))]);
}

function paretoCard(run, parent) {
  const names = run.objectives.map((objective) => objective.name);
  const chosen = { x: 0, y: 1 };
  let card = null;
  const change = (axis) => (at) => {
    chosen[axis] = at;
    refill(card, paretoChart(run, chosen.x, chosen.y));
  };
  card = section(parent, "pareto", "Pareto front", paretoChart(run, 0, 1),
    names.length === 2 ? null : [choice("Across", names, 0, change("x")), choice("Up", names, 1, change("y"))]);
}

/** All of one run below the part that compares. */
function showRun(index, place, view) {
  const run = RUNS[index];
  dropPlots(place);
  place.replaceChildren();
  run.ranked = byImportance(run, view.objective);
  const clipped = limitsOf(run, view.objective, true);
  view.limits = view.clip ? clipped : limitsOf(run, view.objective, false);
  summaryCard(run, place);
  bestCard(run, place);
  const controls = [];
  const again = (key) => (value) => {
    view[key] = value;
    showRun(index, place, view);
    drawAll(plots.filter((one) => !one.chart), () => {});
    place.querySelector("#history select, #history input")?.focus();
  };
  if (run.objectives.length > 1) controls.push(choice("Objective", run.objectives.map((o) => o.name), view.objective, again("objective")));
  if (clipped.clipped) {
    controls.push(make("label", null, make("input", { type: "checkbox", checked: view.clip, onchange: (event) => again("clip")(event.target.checked) }),
      `Leave out far outliers (about ${whole(Math.max(1, clipped.outside))})`));
  }
  if (run.objectives.length > 1) paretoCard(run, place);
  section(place, "history", "Optimization history", historyChart(run, view), controls.length ? controls : null);
  const row = pair(place);
  section(row, "importance", "Importance of parameters", importanceChart(run, view));
  section(row, "edf", "Spread of values (EDF)", edfChart([run], [0], view.objective, view.limits));
  slicesCard(run, view, place);
  contourCard(run, view, place);
  section(place, "parallel", "Parallel coordinates", parallelChart(run, view));
  section(place, "intermediate", "Intermediate values", curvesChart(run, view));
  section(place, "timeline", "Timeline by worker", timelineChart(run));
  const table = make("section", { id: "table", className: "card", "aria-labelledby": "table-title" }, make("h2", { id: "table-title", style: "margin-bottom: 10px" }, "Trials"));
  place.append(table);
  if (run.count === 0) table.append(make("p", { className: "empty" }, "This run has no trials yet."));
  else trialsTable(run, table);
  listSections();
}

/** The range that has room for all runs, without far outliers. */
function commonLimits() {
  const all = RUNS.map((run) => limitsOf(run, 0, true)).filter((limits) => limits.low !== null);
  return all.length === 0 ? { low: null, high: null }
    : { clipped: all.some((limits) => limits.clipped), low: Math.min(...all.map((limits) => limits.low)), high: Math.max(...all.map((limits) => limits.high)) };
}

function compareCard(parent) {
  const cells = (run) => {
    const best = run.objectives.length > 1 ? `front of ${whole(run.front_size)}` : run.top.length ? fmt(run.rows.values[0][run.top[0]]) : "–";
    return [whole(run.trials), whole(run.states.COMPLETE), whole(run.states.PRUNED), whole(run.states.FAIL), best, run.objectives.map((o) => o.direction).join(", "), seconds(run.mean_seconds), run.mean_seconds === null ? "–" : seconds(run.seconds)];
  };
  const head = ["Run", "Trials", "Complete", "Pruned", "Failed", "Best", "Direction", "Mean duration", "In all"];
  parent.append(make("section", { id: "runs", className: "card", "aria-labelledby": "runs-title" }, make("h2", { id: "runs-title" }, "Runs side by side"),
    make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Table of runs" }, make("table", null,
      make("caption", null, "What each run came to"),
      make("thead", null, make("tr", null, ...head.map((text, i) => make("th", { scope: "col", className: i === 0 ? "text" : "" }, text)))),
      make("tbody", null, ...RUNS.map((run) => make("tr", null, make("th", { scope: "row", className: "text", title: run.name }, short(run.name, 140)),
        ...cells(run).map((text) => make("td", null, text)))))))));
  const row = pair(parent);
  section(row, "compare", "Best so far", compareChart(RUNS, 0));
  section(row, "compare-edf", "Spread of values (EDF)", edfChart(RUNS, RUNS.map((_, i) => i), 0, commonLimits()));
}

function listSections() {
  const links = [...main.querySelectorAll("section[id]")].map((card) =>
    make("a", { href: "#" + card.id }, RUNS.length > 1 && card.id === "summary" ? "This run" : card.querySelector("h2").textContent.replace(/:.*| \(EDF\)/, "")));
  document.getElementById("sections").replaceChildren(...links);
}

function chooseTheme(chosen) {
  const dark = chosen === "dark" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

function remembered(value) {
  try {
    if (value !== undefined) localStorage.setItem("assay-report-colours", value);
    return localStorage.getItem("assay-report-colours") || "auto";
  } catch (refused) {
    return value || "auto";
  }
}

function setUpTheme() {
  const select = document.getElementById("theme");
  const redraw = () => {
    chooseTheme(select.value);
    drawAll(plots.filter((one) => one.chart), () => {});
  };
  select.value = remembered();
  chooseTheme(select.value);
  select.addEventListener("change", () => {
    remembered(select.value);
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

function start() {
  setUpTheme();
  document.getElementById("title").textContent = RUNS.length === 1 ? RUNS[0].name : `${RUNS.length} runs compared`;
  document.getElementById("title").classList.toggle("long", RUNS.length === 1 && RUNS[0].name.length > 90);
  document.getElementById("made").textContent = "as of " + moment(DATA.made);
  const place = make("div", { className: "run" });
  const view = { objective: 0, clip: true, limits: {} };
  if (RUNS.length > 1) {
    compareCard(main);
    main.append(make("div", { className: "card" }, choice("Run shown below", RUNS.map((run) => run.name), 0, (at) => {
      view.objective = 0;
      showRun(at, place, view);
      drawAll(plots.filter((one) => !one.chart), () => {});
    })));
  }
  main.append(place);
  showRun(0, place, view);
  drawAll([...plots], () => {
    document.documentElement.dataset.drawn = "all";
  });
}

start();
