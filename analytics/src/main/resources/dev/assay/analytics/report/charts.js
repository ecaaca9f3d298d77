/* What is drawn of one run. Each takes the run and a view: { objective, limits } and gives
   { note, alt, height, option, table }, or { empty } with the reason why there is nothing. */

/**
 * The range of values that is drawn: without far outliers on the bad side, where that is asked for.
 * Values above 0 of very different size get a logarithmic axis instead.
 */
function limitsOf(run, objective, clip) {
  const { quantiles, direction, finite } = run.objectives[objective];
  const all = quantiles.map(Number);
  if (all.length === 0) return { low: null, high: null, outside: 0, clipped: false, log: false };
  const at = (share) => all[Math.round(share * (all.length - 1))];
  const [low, high, q1, q3] = [all[0], all[all.length - 1], at(0.25), at(0.75)];
  const fence = 3 * (q3 - q1);
  let [from, to] = [low, high];
  const log = low > 0 && at(0.9) > 1000 * at(0.1);
  if (clip && fence > 0 && !log) {
    if (direction === "minimize" && high > q3 + 2 * fence) to = all.filter((v) => v <= q3 + fence).pop();
    if (direction === "maximize" && low < q1 - 2 * fence) from = all.find((v) => v >= q1 - fence);
  }
  const kept = all.filter((v) => v >= from && v <= to).length;
  const outside = from === low && to === high ? 0 : Math.round(finite * (1 - kept / all.length));
  return { low: from, high: to, outside, clipped: from !== low || to !== high, log };
}

/** The bounds of an axis that leaves something out; without them it fits its values. */
function within({ low, high, clipped, log }) {
  if (log) return { type: "log" };
  if (!clipped || low === high) return {};
  const margin = (high - low) * 0.04;
  return { min: neat(low - margin, high - low, Math.floor), max: neat(high + margin, high - low, Math.ceil) };
}

/** A value as colours have it, and back. */
function tone({ log }) {
  return log ? { of: Math.log10, back: (at) => 10 ** at } : { of: (value) => value, back: (at) => at };
}

function neat(value, span, round) {
  const step = 10 ** Math.floor(Math.log10(span)) / 10;
  return Number((round(value / step) * step).toPrecision(12));
}

function trialTip(run, row, view, more) {
  const objective = run.objectives[view.objective];
  return tip("Trial " + run.rows.number[row] + ", " + STATE_WORDS[STATES[run.rows.state[row]]],
    [short(objective.name, 40) + ": " + fmt(run.rows.values[view.objective][row]), ...more]);
}

/** Rows with a finite value, complete ones and, if asked for, pruned ones. */
function scored(run, view, alsoPruned) {
  const values = run.rows.numbers[view.objective];
  const rows = [];
  for (let row = 0; row < run.count; row++) {
    const state = run.rows.state[row];
    if (Number.isFinite(values[row]) && (state === COMPLETE || (alsoPruned && state === PRUNED))) rows.push(row);
  }
  return rows;
}

function noValues(run) {
  return run.trials === 0 ? "This run has no trials yet."
    : "No trial of this run is complete with a finite value yet.";
}

function historyChart(run, view) {
  const { name, direction, best, best_numbers: numbersOfBest } = run.objectives[view.objective];
  const complete = scored(run, view, false);
  const values = run.rows.numbers[view.objective];
  const pruned = scored(run, view, true).filter((row) => run.rows.state[row] === PRUNED);
  const rest = [...Array(run.count).keys()].filter((row) => STATES[run.rows.state[row]] !== "WAITING"
    && STATES[run.rows.state[row]] !== "RUNNING" && !Number.isFinite(values[row]));
  if (complete.length === 0 && pruned.length === 0) return { empty: noValues(run) };
  const last = Math.max(run.rows.number[run.count - 1], ...numbersOfBest.slice(-1));
  const steps = numbersOfBest.map((number, i) => [number, Number(best[i])]);
  if (steps.length) steps.push([last, steps[steps.length - 1][1]]);
  const held = (row) => run.rows.constraints_ok[row] !== false;
  const dots = (rows, title, symbol, size, style) => ({
    name: title, type: "scatter", progressive: 0, symbol, symbolSize: size, itemStyle: style, dimensions: ["trial", "value", "row"],
    data: thinned(rows, 6000).map((row) => [run.rows.number[row], values[row], row]) });
  const found = numbersOfBest.length
    ? `The best ${name} is ${fmt(Number(best[best.length - 1]))}, found in trial ${numbersOfBest[numbersOfBest.length - 1]}, ${numbersOfBest.length === 1 ? "the first that counts" : "after " + plural(numbersOfBest.length - 1, "improvement") + " on the first"}.`
    : "No trial counts as a best one: constraints do not hold, or values are not finite.";
  const small = complete.length > 2000 ? 3 : complete.length > 300 ? 5 : 7;
  return {
    note: found, alt: `Optimization history of ${run.name}: ${name} by trial, and the best so far. ${found}`, height: 360,
    table: [`Trials of ${run.name} that were better than all before`, ["Trial", name], numbersOfBest.map((n, i) => [n, Number(best[i])])],
    option: (context) => {
      const { t } = context;
      const broken = complete.filter((row) => !held(row));
      return {
        grid: [{ left: 56, right: 18, top: 56, bottom: rest.length ? 76 : 46 },
          { left: 56, right: 18, height: 10, bottom: 62, show: false }],
        legend: { top: 0, left: 0, itemHeight: 9, itemWidth: 16, textStyle: { color: t.muted, fontSize: 12 }, type: "scroll" },
        tooltip: { trigger: "item", formatter: ({ data, seriesName }) => data.length > 2
          ? trialTip(run, data[2], view, held(data[2]) ? [] : ["constraints do not hold"])
          : tip(seriesName, ["trial " + data[0], fmt(data[1])]) },
        xAxis: [valueAxis("trial", context, { min: 0, max: Math.max(1, last), minInterval: 1, gridIndex: 0, nameGap: rest.length ? 42 : 28,
          axisLabel: { color: t.muted, fontSize: 11, hideOverlap: true, margin: rest.length ? 20 : 8, showMaxLabel: false, formatter: compact } }),
          { type: "value", gridIndex: 1, show: false, min: 0, max: Math.max(1, last) }],
        yAxis: [upAxis(short(name, 40) + ", " + direction, context, within(view.limits)),
          { type: "category", data: [""], gridIndex: 1, show: false }],
        series: [
          dots(complete.filter(held), "complete", "circle", small, { color: colour("complete"), opacity: complete.length > 2000 ? 0.45 : 0.7 }),
          ...(broken.length ? [dots(broken, "constraints broken", "emptyCircle", small, { color: t.muted })] : []),
          ...(pruned.length ? [dots(pruned, "pruned", "triangle", small + 2, { color: colour("pruned"), opacity: 0.8 })] : []),
          ...(rest.length ? [{ name: "no finite value", type: "scatter", xAxisIndex: 1, yAxisIndex: 1, symbol: "rect", symbolSize: [2, 10],
            itemStyle: { color: colour("fail") }, data: thinned(rest, 3000).map((row) => [run.rows.number[row], 0, row]) }] : []),
          { name: "best so far", type: "line", step: "end", symbol: "none", lineStyle: { width: 2.5, color: t.ink }, itemStyle: { color: t.ink }, z: 5, data: steps },
        ] };
    } };
}

function importanceChart(run, view) {
  const list = run.importances[view.objective];
  if (list.every((one) => one.share === 0)) return { empty: "Too few complete trials, or too few parameters that vary, to tell which of them matter." };
  const first = list.slice(0, 20);
  const words = first.slice(0, 3).map((one) => `${short(one.name, 44)} (${fmt(Number(one.share.toPrecision(3)))})`).join(", ");
  return {
    note: `By PED-ANOVA: whose values among the best tenth of the trials are spread otherwise than among all. First: ${words}.`, alt: `Importance of parameters: ${words}.`,
    height: 60 + first.length * 24,
    table: ["Importance of each parameter, and its rank correlation with the value", ["Parameter", "Importance", "Correlation", "Trials"],
      list.map((one) => [one.name, one.share, one.correlation === null ? "–" : one.correlation, one.trials])],
    option: (context) => ({
      grid: { left: context.narrow ? 130 : 230, right: 56, top: 6, bottom: 40 },
      tooltip: { trigger: "item", formatter: ({ dataIndex }) => tip(first[dataIndex].name, [fmt(first[dataIndex].share)]) },
      xAxis: valueAxis("importance", context, { min: 0, scale: false }),
      yAxis: { type: "category", inverse: true, data: first.map((one) => one.name), axisLine: { show: false }, axisTick: { show: false },
        axisLabel: { color: context.t.ink, fontSize: 12, formatter: (text) => short(text, context.narrow ? 18 : 34) } },
      series: [{ type: "bar", barMaxWidth: 15, itemStyle: { color: context.t.accent, borderRadius: [0, 3, 3, 0] },
        label: { show: true, position: "right", color: context.t.muted, fontSize: 11, formatter: ({ value }) => fmt(Number(value.toPrecision(3))) },
        data: first.map((one) => one.share) }] }) };
}

function sliceChart(run, view, column) {
  const values = run.rows.numbers[view.objective];
  const rows = scored(run, view, false).filter((row) => Number.isFinite(column.number[row]));
  const name = run.objectives[view.objective].name;
  if (rows.length === 0) return { empty: "No complete trial has a finite value of it." };
  const shade = ageColour(run);
  return {
    alt: `${name} by ${column.name}, ${plural(rows.length, "trial")}.`, height: 210,
    option: (context) => ({
      grid: { left: 50, right: 14, top: 12, bottom: 44 },
      tooltip: { trigger: "item", formatter: ({ value }) => trialTip(run, value[2], view, [column.name + ": " + cellText(column, value[2])]) },
      xAxis: columnAxis(column, context, false, true), yAxis: valueAxis("", context, { ...within(view.limits), splitNumber: 4 }),
      series: [{ type: "scatter", progressive: 0, symbolSize: rows.length > 1000 ? 3 : 6,
        data: thinned(rows, 1500).map((row) => ({ value: [column.number[row], values[row], row], symbolOffset: [column.texts ? spread(row, 14) : 0, 0],
          itemStyle: { color: shade(run.rows.number[row]), opacity: 0.8 } })) }] }) };
}

/** Late trials stand out from the page, early ones less. */
function ageColour(run) {
  const colours = isDark() ? ["#33506b", "#4f8fc4", "#a9dcff"] : ["#a9c8e3", "#4a90c9", "#08416f"];
  return ramp(colours, run.rows.number[0], run.rows.number[run.count - 1]);
}

function cellText(column, row) {
  const value = column.values[row];
  return column.texts && value !== null ? column.texts[value] : fmt(value);
}

/** Points of one category side by side, the same each time: pixels to the left or right. */
function spread(row, most) {
  return (((row * 7919) % 997) / 997 - 0.5) * 2 * most;
}

function edfChart(runs, indexes, objective, limits) {
  const drawn = indexes.filter((i) => runs[i].objectives[objective] && runs[i].objectives[objective].finite > 0);
  if (drawn.length === 0) return { empty: noValues(runs[indexes[0]]) };
  const of = (i) => runs[i].objectives[objective];
  const points = (i) => of(i).quantiles.map((v, at, all) => [Number(v), all.length === 1 ? 1 : at / (all.length - 1)]);
  const at = (i, share) => Number(of(i).quantiles[Math.round(share * (of(i).quantiles.length - 1))]);
  const words = drawn.map((i) => `${drawn.length > 1 ? short(runs[i].name, 40) + ": h" : "H"}alf of the values lie below ${fmt(at(i, 0.5))}, a tenth below ${fmt(at(i, 0.1))}, a tenth above ${fmt(at(i, 0.9))}`).join("; ") + ".";
  const alike = new Set(drawn.map((i) => of(i).direction)).size === 1;
  const better = alike ? ` The further ${of(drawn[0]).direction === "minimize" ? "left" : "right"} a line, the better the run's values.` : "";
  return {
    note: drawn.length > 1 ? `How the values of complete trials are spread.${better}` : words, alt: "Share of complete trials with a value up to each. " + words, height: 320,
    table: ["Values by the share of complete trials that lie below", ["Run", "least", "10 %", "25 %", "50 %", "75 %", "90 %", "most"],
      drawn.map((i) => [runs[i].name, ...[0, 0.1, 0.25, 0.5, 0.75, 0.9, 1].map((share) => at(i, share))])],
    option: (context) => ({
      grid: { left: 46, right: 18, top: drawn.length > 1 ? 56 : 30, bottom: 46 },
      legend: { show: drawn.length > 1, top: 0, left: 0, type: "scroll", textStyle: { color: context.t.muted }, formatter: (text) => short(text, context.narrow ? 26 : 40) },
      tooltip: { trigger: "item", formatter: ({ data, seriesName }) => tip(seriesName, [`${fmt(Math.round(data[1] * 1000) / 10)} % up to ${fmt(data[0])}`]) },
      xAxis: valueAxis(short(of(drawn[0]).name, 34), context, within(limits)),
      yAxis: upAxis("share of trials", context, { scale: false, max: 1 }),
      series: drawn.map((i) => ({ name: runs[i].name, type: "line", step: "end", symbol: "circle", showSymbol: points(i).length < 3, symbolSize: 5,
        lineStyle: { width: 2, color: runs.length > 1 ? runColour(i) : context.t.accent, type: ["solid", "dashed", "dotted"][runs.length > 1 ? i % 3 : 0] },
        itemStyle: { color: runs.length > 1 ? runColour(i) : context.t.accent }, data: points(i) })) }) };
}

function curvesChart(run, view) {
  if (run.curves.length === 0) return { empty: "No trial of this run reported values on its way." };
  const most = run.curves.length < run.reporting ? `${run.curves.length} of the ${whole(run.reporting)} trials on this page that reported values are drawn.` : `${plural(run.curves.length, "trial")} reported values.`;
  const given = run.curves.filter((curve) => run.rows.state[curve.row] === PRUNED).length;
  const note = `${most} ${given ? given + " of them were pruned (dashed)." : "None of them was pruned."}`;
  return {
    note, alt: "Values reported by step. " + note, height: 340,
    option: (context) => ({
      grid: { left: 56, right: 18, top: 36, bottom: 46 },
      tooltip: { trigger: "item", formatter: ({ seriesIndex, data }) => trialTip(run, run.curves[seriesIndex].row, view, [`step ${fmt(data[0])}: ${fmt(data[1])}`]) },
      xAxis: valueAxis("step", context, { minInterval: 1, nameGap: 28 }), yAxis: upAxis("reported value", context),
      series: run.curves.map((curve) => {
        const state = run.rows.state[curve.row];
        return { type: "line", symbol: "circle", symbolSize: 4, showSymbol: curve.steps.length < 3, triggerLineEvent: true,
          lineStyle: { width: 1.3, opacity: run.curves.length > 60 ? 0.4 : 0.75, color: stateColour(state), type: state === PRUNED ? "dashed" : "solid" },
          itemStyle: { color: stateColour(state) }, z: state === COMPLETE ? 3 : 2,
          data: curve.steps.map((step, i) => [step, finite(curve.values[i])]) };
      }) }) };
}

function finite(value) {
  return Number.isFinite(Number(value)) && value !== null ? Number(value) : null;
}
