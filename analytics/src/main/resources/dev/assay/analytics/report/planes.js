/* Charts of two and more dimensions at once. */

/** Values over two parameters: smoothed where both are numbers, else the median of each cell. */
function contourChart(run, view, x, y) {
  if (!x || !y) return { empty: "This needs two parameters that vary; the run has " + run.varying.length + "." };
  const { of, back } = tone(view.limits);
  const values = run.rows.numbers[view.objective].map(of);
  const rows = scored(run, view, false).filter((row) => Number.isFinite(x.number[row]) && Number.isFinite(y.number[row]));
  if (rows.length < 3) return { empty: "Fewer than three complete trials have both parameters." };
  const objective = run.objectives[view.objective];
  const field = x.texts || y.texts ? medians(x, y, rows, values) : smoothed(x, y, thinned(rows, 1500), values);
  const low = Math.max(of(view.limits.low), Math.min(...field.map((cell) => cell[4])));
  const high = Math.min(of(view.limits.high), Math.max(...field.map((cell) => cell[4])));
  const how = x.texts || y.texts ? "Each cell is the median of its trials." : "The area is smoothed between trials and left empty far from any.";
  return {
    note: `${how} Points are the trials themselves.`, alt: `${objective.name} over ${x.name} and ${y.name}, ${plural(rows.length, "trial")}.`, height: 430,
    option: (context) => {
      const colours = valueColours(objective.direction);
      const shade = ramp(colours, low, high);
      const band = (value) => low + (Math.round(((Math.min(high, Math.max(low, value)) - low) / (high - low || 1)) * 10) / 10) * (high - low);
      return {
        grid: { left: 62, right: 18, top: 34, bottom: 92 },
        tooltip: { trigger: "item", formatter: ({ data, value, seriesIndex }) => seriesIndex === 1
          ? trialTip(run, value[3], view, [x.name + ": " + cellText(x, value[3]), y.name + ": " + cellText(y, value[3])])
          : tip("About " + fmt(back(data[4])), [how]) },
        visualMap: { ...colourKey(colours, low, high, context, objective.name, back), seriesIndex: 1, dimension: 2 },
        xAxis: { ...columnAxis(x, context, false), splitLine: { show: false } },
        yAxis: { ...columnAxis(y, context, true), splitLine: { show: false } },
        series: [
          { type: "custom", progressive: 0, clip: true, data: field, encode: { x: [0, 1], y: [2, 3] },
            renderItem: (params, api) => {
              // The middle of a category has a band around it.
              const half = api.size([1, 1]).map((size, at) => ((at === 0 ? x : y).texts ? size / 2 : 0));
              const a = api.coord([api.value(0), api.value(2)]);
              const b = api.coord([api.value(1), api.value(3)]);
              const [left, right] = [Math.floor(a[0] - half[0]), Math.ceil(b[0] + half[0])];
              const [top, bottom] = [Math.floor(b[1] - half[1]), Math.ceil(a[1] + half[1])];
              return { type: "rect", shape: { x: left, y: top, width: right - left, height: bottom - top },
                style: { fill: shade(band(api.value(4))) } };
            } },
          { type: "scatter", progressive: 0, symbolSize: rows.length > 500 ? 5 : 8, itemStyle: { borderColor: isDark() ? "#000000" : "#ffffff", borderWidth: rows.length > 500 ? 0.7 : 1.3 },
            data: thinned(rows, 800).map((row) => ({ value: [x.number[row], y.number[row], values[row], row],
              symbolOffset: [x.texts ? spread(row, 12) : 0, y.texts ? spread(row * 31, 12) : 0] })) }] };
    } };
}

/** Cells [x from, x to, y from, y to, value] of a mean that is weighted by closeness. */
function smoothed(x, y, rows, values) {
  const [ux, uy] = [unit(x), unit(y)];
  const points = rows.map((row) => [ux.of(x.number[row]), uy.of(y.number[row]), values[row]]);
  const width = Math.min(0.16, Math.max(0.05, 0.55 / Math.sqrt(points.length)));
  const side = 40;
  const cells = [];
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      const [cx, cy] = [(i + 0.5) / side, (j + 0.5) / side];
      let [sum, weights] = [0, 0];
      for (const [px, py, value] of points) {
        const weight = Math.exp(-((px - cx) ** 2 + (py - cy) ** 2) / (2 * width * width));
        sum += weight * value;
        weights += weight;
      }
      if (weights > 0.08) cells.push([ux.back(i / side), ux.back((i + 1) / side), uy.back(j / side), uy.back((j + 1) / side), sum / weights]);
    }
  }
  return cells;
}

function medians(x, y, rows, values) {
  const bins = (column) => (column.texts ? column.texts.length : 12);
  const [ux, uy] = [unit(x), unit(y)];
  const place = (u, column, row) => Math.min(bins(column) - 1, Math.floor(u.of(column.number[row]) * bins(column)));
  const cells = new Map();
  for (const row of rows) {
    const key = place(ux, x, row) * 100000 + place(uy, y, row);
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(values[row]);
  }
  return [...cells].map(([key, list]) => {
    const [i, j] = [Math.floor(key / 100000), key % 100000];
    const sorted = list.sort((a, b) => a - b);
    const edges = (column, u, at) => (column.texts ? [at, at] : [u.back(at / bins(column)), u.back((at + 1) / bins(column))]);
    return [...edges(x, ux, i), ...edges(y, uy, j), sorted[Math.floor(sorted.length / 2)]];
  });
}

const MOST_AXES = 12;

/** A line a trial over the parameters, the best drawn last. */
function parallelChart(run, view) {
  const columns = run.ranked.slice(0, MOST_AXES);
  if (columns.length === 0) return { empty: run.trials === 0 ? noValues(run) : "No parameter of this run varies." };
  const values = run.rows.numbers[view.objective];
  const objective = run.objectives[view.objective];
  const sign = objective.direction === "minimize" ? 1 : -1;
  const sorted = scored(run, view, false).sort((a, b) => sign * (values[a] - values[b]));
  if (sorted.length === 0) return { empty: noValues(run) };
  const rows = sorted.length <= 300 ? sorted : [...sorted.slice(0, 60), ...thinned(sorted.slice(60), 240)];
  const axes = columns.length < run.ranked.length ? ` ${columns.length} of ${run.ranked.length} parameters that vary have an axis.` : "";
  const lines = rows.length < sorted.length ? `The 60 best and ${rows.length - 60} other trials, evenly chosen, are drawn.` : `${plural(rows.length, "trial")}.`;
  const { of, back } = tone(view.limits);
  const [low, high] = [of(view.limits.low), of(view.limits.high)];
  return {
    note: lines + axes + " A line breaks off where a trial does not have the parameter.", alt: `Parallel coordinates of ${columns.map((c) => c.name).join(", ")} and ${objective.name}. ${lines}`,
    height: (narrow) => (narrow ? 120 + 62 * (columns.length + 1) : 450),
    option: (context) => {
      const { t, narrow } = context;
      const colours = valueColours(objective.direction);
      const shade = ramp(colours, low, high);
      const axis = (column, dim, more) => ({
        dim, name: narrow ? short(column.name, 38) : inLines(column.name, Math.max(9, Math.floor(165 / (columns.length + 1)))),
        type: column.texts ? "category" : isLog(column) ? "log" : "value", scale: true,
        ...(column.texts ? { data: column.texts.map((text) => text || "''") } : {}),
        ...(column.low !== undefined && column.low < column.high ? { min: Number(column.low), max: Number(column.high) } : {}), ...more });
      const axes = columns.map((column, dim) => axis(column, dim, {}));
      axes.push({ dim: columns.length, name: short(objective.name, narrow ? 38 : 16), type: "value", scale: true, ...within(view.limits) });
      return {
        parallel: { left: narrow ? 20 : 40, right: narrow ? 34 : 70, top: narrow ? 36 : 16, bottom: narrow ? 70 : 104, layout: narrow ? "vertical" : "horizontal",
          parallelAxisDefault: {
            nameLocation: "start", nameGap: narrow ? 0 : 18, realtime: false,
            nameTextStyle: { color: t.ink, fontSize: 11, ...(narrow ? { align: "left", verticalAlign: "bottom", padding: [0, 0, 10, 0] } : { verticalAlign: "top", lineHeight: 13 }) },
            axisLine: { lineStyle: { color: t.faint } }, axisTick: { show: false }, splitNumber: narrow ? 3 : 5,
            axisLabel: { color: t.muted, fontSize: 10, hideOverlap: true, formatter: (v) => (typeof v === "string" ? short(v, 12) : compact(v)) } } },
        visualMap: { ...colourKey(colours, low, high, context, objective.name, back), seriesIndex: [], dimension: columns.length },
        parallelAxis: axes,
        tooltip: { trigger: "item", formatter: ({ dataIndex }) => trialTip(run, rows[rows.length - 1 - dataIndex], view, []) },
        series: [{ type: "parallel", progressive: 0, smooth: false, data: [...rows].reverse().map((row, i) => ({
          value: [...columns.map((c) => (c.texts ? (c.values[row] === null ? "-" : c.texts[c.values[row]] || "''") : Number.isFinite(c.number[row]) ? c.number[row] : "-")), values[row]],
          lineStyle: { color: shade(of(values[row])), width: i >= rows.length - 10 ? 2 : 1, opacity: i >= rows.length - 10 ? 0.95 : 0.35 } })) }] };
    } };
}

function timelineChart(run) {
  const { timeline } = run;
  const missing = timeline.untimed ? ` ${plural(timeline.untimed, "trial")} without a known time ${timeline.untimed === 1 ? "is" : "are"} missing.` : "";
  if (!timeline.lanes) return { empty: run.trials === 0 ? noValues(run) : "No trial of this run says when it ran." };
  const workers = new Set(timeline.lanes).size;
  const names = timeline.lanes.map((lane) => lane || "no worker named");
  const left = timeline.lanes_left ? ` Of ${timeline.lanes_left + workers} workers the ${workers} with the most trials are drawn.` : "";
  const of = `${plural(timeline.trials, "trial")} on ${timeline.lanes.length === 1 && !timeline.lanes[0] ? "workers that are not named" : plural(workers + (timeline.lanes_left || 0), "worker")}, from ${moment(timeline.from)} to ${moment(timeline.to)}.`;
  const note = of + (timeline.bins ? " Colours are how many trials ran at once on a worker." : "") + left + missing;
  return {
    note, alt: "Timeline by worker. " + note, height: 96 + names.length * (names.length > 16 ? 16 : 24),
    option: (context) => {
      const { t, narrow } = context;
      const width = (timeline.to - timeline.from) / 120;
      const most = timeline.bins ? Math.max(1, ...timeline.bins.map((row) => Math.max(...row.map(Number)))) : 0;
      const colours = isDark() ? VIRIDIS : [...VIRIDIS].reverse();
      const shade = timeline.bins && ramp(colours, 0, most);
      const data = timeline.bars ? timeline.bars.map((bar) => [bar[1], bar[2], bar[0], bar[3], bar[4]])
        : timeline.bins.flatMap((row, lane) => row.map((busy, bin) => [timeline.from + bin * width, timeline.from + (bin + 1) * width, lane, Number(busy), -1])).filter((cell) => cell[3] > 0);
      return {
        grid: { left: narrow ? 92 : 150, right: 18, top: 8, bottom: timeline.bins ? 70 : 34 },
        tooltip: { trigger: "item", formatter: ({ data: d }) => d[4] >= 0
          ? tip(`Trial ${d[4]}, ${STATE_WORDS[STATES[d[3]]]}`, [names[d[2]], moment(d[0]), seconds((d[1] - d[0]) / 1000)])
          : tip(names[d[2]], [moment(d[0]), `${fmt(d[3])} at once`]) },
        ...(timeline.bins ? { visualMap: { ...colourKey(colours, 0, most, context, "at once"), seriesIndex: [] } } : {}),
        xAxis: { type: "time", min: timeline.from, max: Math.max(timeline.to, timeline.from + 1), axisLine: { lineStyle: { color: t.line } }, splitNumber: narrow ? 3 : 7,
          axisLabel: { color: t.muted, fontSize: 11, hideOverlap: true, formatter: { year: "{yyyy}-{MM}-{dd}", month: "{MMM} {d}", day: "{MMM} {d}" } }, splitLine: { show: true, lineStyle: { color: t.grid } } },
        yAxis: { type: "category", inverse: true, data: names.map((name, lane) => name + "\u0000" + lane), axisLine: { show: false }, axisTick: { show: false },
          axisLabel: { color: t.muted, fontSize: 11, interval: 0, formatter: (text, at) => (at > 0 && names[at] === names[at - 1] ? "" : short(text.split("\u0000")[0], narrow ? 13 : 22)) } },
        series: [{ type: "custom", progressive: 0, clip: true, encode: { x: [0, 1], y: 2 }, data,
          renderItem: (params, api) => {
            const a = api.coord([api.value(0), api.value(2)]);
            const b = api.coord([api.value(1), api.value(2)]);
            const high = Math.max(3, api.size([0, 1])[1] * (timeline.bars ? 0.7 : 0.86));
            const gap = timeline.bars && b[0] - a[0] > 3 ? 1 : 0;
            return { type: "rect", shape: { x: a[0], y: a[1] - high / 2, width: Math.max(1, b[0] - a[0] - gap), height: high, r: gap ? 2 : 0 },
              style: { fill: timeline.bars ? stateColour(api.value(3)) : shade(api.value(3)) } };
          } }] };
    } };
}

function paretoChart(run, x, y) {
  const [ox, oy] = [run.objectives[x], run.objectives[y]];
  const [vx, vy] = [run.rows.numbers[x], run.rows.numbers[y]];
  const onFront = new Set(run.front);
  const others = [...Array(run.count).keys()].filter((row) => run.rows.state[row] === COMPLETE && !onFront.has(row) && Number.isFinite(vx[row]) && Number.isFinite(vy[row]));
  if (run.front.length === 0) return { empty: noValues(run) };
  const shown = run.front.length < run.front_size ? `; ${whole(run.front.length)} of them are drawn` : "";
  const note = `${plural(run.front_size, "trial")} of ${whole(run.states.COMPLETE)} complete ones ${run.front_size === 1 ? "is" : "are"} on the front: no other is as good in all objectives and better in one${shown}.`;
  const line = run.objectives.length === 2 ? [...run.front].sort((a, b) => vx[a] - vx[b]).map((row) => [vx[row], vy[row], row]) : [];
  return {
    note, alt: `Pareto front of ${ox.name} (${ox.direction}) and ${oy.name} (${oy.direction}). ${note}`, height: 400,
    table: ["Trials on the Pareto front", ["Trial", ...run.objectives.map((o) => o.name)], run.front.slice(0, 200).map((row) => [run.rows.number[row], ...run.rows.numbers.map((v) => v[row])])],
    option: (context) => ({
      grid: { left: 56, right: 18, top: 60, bottom: 46 },
      legend: { top: 0, left: 0, textStyle: { color: context.t.muted } },
      tooltip: { trigger: "item", formatter: ({ data }) => tip("Trial " + run.rows.number[data[2]], run.objectives.map((o, i) => short(o.name, 40) + ": " + fmt(run.rows.values[i][data[2]]))) },
      xAxis: valueAxis(`${short(ox.name, 28)}, ${ox.direction}`, context), yAxis: upAxis(`${short(oy.name, 28)}, ${oy.direction}`, context),
      series: [
        { name: "other trials", type: "scatter", progressive: 0, symbolSize: others.length > 1000 ? 3 : 5, itemStyle: { color: context.t.faint, opacity: 0.8 }, data: thinned(others, 4000).map((row) => [vx[row], vy[row], row]) },
        { name: "Pareto front", type: line.length ? "line" : "scatter", symbol: "diamond", symbolSize: 9, step: line.length ? (ox.direction === "minimize" ? "end" : "start") : undefined,
          lineStyle: { width: 1.5, color: colour("fail") }, itemStyle: { color: colour("fail") }, z: 4, data: line.length ? line : run.front.map((row) => [vx[row], vy[row], row]) }] }) };
}

/** The best so far of several runs, over the trials or over the time. */
function compareChart(runs, objective) {
  const drawn = runs.map((run, i) => i).filter((i) => runs[i].objectives[objective].best.length > 0);
  if (drawn.length === 0) return { empty: "None of these runs has a complete trial with a finite value yet." };
  const of = (i) => runs[i].objectives[objective];
  const last = (i) => of(i).best[of(i).best.length - 1];
  const sign = of(drawn[0]).direction === "minimize" ? 1 : -1;
  const first = drawn.reduce((a, b) => (sign * Number(last(b)) < sign * Number(last(a)) ? b : a));
  const alike = new Set(drawn.map((i) => of(i).direction)).size === 1;
  const note = !alike ? "Some of these runs minimize, others maximize: their best values do not compare." : `The best of all is ${fmt(Number(last(first)))}, of ${short(runs[first].name, 50)}.`;
  return {
    note, alt: "Best so far of each run by trial. " + note, height: 320,
    table: ["The best value of each run", ["Run", "Best", "Trial"], drawn.map((i) => [runs[i].name, Number(last(i)), of(i).best_numbers[of(i).best.length - 1]])],
    option: (context) => ({
      grid: { left: 56, right: 18, top: 60, bottom: 46 },
      legend: { top: 0, left: 0, type: "scroll", textStyle: { color: context.t.muted }, formatter: (text) => short(text, context.narrow ? 26 : 40) },
      tooltip: { trigger: "item", formatter: ({ data, seriesName }) => tip(seriesName, [`trial ${data[0]}: ${fmt(data[1])}`]) },
      xAxis: valueAxis("trial", context, { min: 0, minInterval: 1, nameGap: 28 }), yAxis: upAxis(`best ${short(of(drawn[0]).name, 28)} so far`, context),
      series: drawn.map((i) => {
        const end = Math.max(runs[i].rows.number[runs[i].count - 1], of(i).best_numbers[of(i).best.length - 1]);
        return { name: runs[i].name, type: "line", step: "end", symbol: ["circle", "triangle", "rect", "diamond"][i % 4], symbolSize: 6, showAllSymbol: true,
          lineStyle: { width: 2, color: runColour(i), type: ["solid", "dashed", "dotted"][i % 3] }, itemStyle: { color: runColour(i) },
          data: [...of(i).best_numbers.map((n, at) => [n, Number(of(i).best[at])]), [end, Number(last(i))]] };
      }) }) };
}
