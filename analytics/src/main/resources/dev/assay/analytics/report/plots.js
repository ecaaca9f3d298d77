/* Drawing: one figure a chart, with a sentence that says in words what it shows. */
const plots = [];

function theme() {
  return { ink: colour("ink"), muted: colour("muted"), line: colour("line"), grid: colour("grid"),
    card: colour("card"), accent: colour("accent"), faint: colour("faint") };
}

/**
 * A chart that draws itself again when colours or width change.
 * `option` makes ECharts' option for { narrow, t: theme() }, `alt` is its text alternative.
 */
function plot(parent, { height, alt, option }) {
  const box = make("div", { className: "plot", role: "img", "aria-label": alt });
  parent.append(box);
  const one = { box, height, option, chart: null, narrow: null };
  plots.push(one);
  return one;
}

function draw(one) {
  one.narrow = innerWidth < NARROW;
  const height = typeof one.height === "function" ? one.height(one.narrow) : one.height;
  one.box.style.height = height + "px";
  if (one.chart) one.chart.dispose();
  one.chart = echarts.init(one.box, null, { renderer: "canvas", useDirtyRect: false });
  const t = theme();
  const option = one.option({ narrow: one.narrow, t });
  one.chart.setOption({
    animation: false, useUTC: true, textStyle: { color: t.ink, fontFamily: getComputedStyle(document.body).fontFamily },
    ...option,
    tooltip: option.tooltip && {
      confine: true, backgroundColor: t.card, borderColor: t.line, padding: [6, 10],
      textStyle: { color: t.ink, fontSize: 13 }, ...option.tooltip },
  });
}

/** Draws what is new, a chart at a time, so that the page answers meanwhile. */
function drawAll(list, done) {
  const [one, ...rest] = list;
  if (!one) {
    done();
    return;
  }
  if (one.box.isConnected) draw(one);
  setTimeout(() => drawAll(rest, done), 0);
}

function dropPlots(inside) {
  for (let i = plots.length - 1; i >= 0; i--) {
    if (inside.contains(plots[i].box)) {
      if (plots[i].chart) plots[i].chart.dispose();
      plots.splice(i, 1);
    }
  }
}

addEventListener("resize", () => {
  for (const one of plots) {
    if (!one.chart) continue;
    if (one.narrow !== innerWidth < NARROW) draw(one);
    else one.chart.resize();
  }
});

/** What a tooltip shows, as nodes: a heading and lines. */
function tip(heading, lines) {
  return make("div", { className: "tip" }, make("b", null, heading),
    ...lines.map((line) => make("span", null, line)));
}

/** An axis of numbers. */
function valueAxis(name, { t }, more) {
  return {
    type: "value", name, scale: true, nameLocation: "middle", nameGap: 30,
    nameTextStyle: { color: t.muted, fontSize: 12 }, nameTruncate: { maxWidth: 230 },
    axisLine: { show: true, onZero: false, lineStyle: { color: t.line } }, axisTick: { show: false },
    axisLabel: { color: t.muted, fontSize: 11, hideOverlap: true, formatter: compact,
      showMinLabel: more === undefined || more.min === undefined, showMaxLabel: more === undefined || more.max === undefined },
    splitLine: { lineStyle: { color: t.grid } }, ...more,
  };
}

/** The name of a vertical axis stands above it, where a long one has room. */
function upAxis(name, context, more) {
  return valueAxis(name, context, {
    nameLocation: "end", nameGap: 10, nameTextStyle: { color: context.t.muted, fontSize: 12, align: "left", padding: [0, 0, 0, -34] },
    nameTruncate: { maxWidth: context.narrow ? 220 : 380 }, ...more });
}

function compact(value) {
  const size = Math.abs(value);
  if (size >= 1e4 && size < 1e15) {
    const unit = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]].find(([by]) => size >= by);
    return fmt(Number((value / unit[0]).toPrecision(4))) + unit[1];
  }
  return fmt(Number(value.toPrecision(4)));
}

/** The axis of a parameter: by its distribution, else by its values. */
function columnAxis(column, context, up, few) {
  const name = short(column.name, up ? 44 : 34);
  const axis = up ? upAxis : valueAxis;
  if (column.texts) {
    return axis(name, context, {
      type: "category", data: column.texts.map((text) => text || "''"), nameGap: up ? 10 : 30,
      axisLabel: few && column.texts.length <= 8
        ? { color: context.t.muted, fontSize: 10, interval: 0, width: Math.floor(190 / column.texts.length), overflow: "truncate" }
        : { color: context.t.muted, fontSize: 11, hideOverlap: true, formatter: (text) => short(text, few ? 9 : 14) },
      splitLine: { show: false } });
  }
  const more = isLog(column)
    ? { type: "log", minorTick: { show: false } }
    : {};
  if (column.low !== undefined && column.low < column.high) {
    more.min = Number(column.low);
    more.max = Number(column.high);
  }
  if (few) more.splitNumber = 3;
  return axis(name + (isLog(column) ? " (log)" : ""), context, more);
}

/** A logarithmic axis has room for positive values alone. */
function isLog(column) {
  return column.log === true && !column.number.some((value) => value <= 0)
    && (column.low === undefined || Number(column.low) > 0);
}

/** Where a value lies on its axis, from 0 to 1; NaN where it does not. */
function unit(column) {
  const scale = isLog(column) ? Math.log : (value) => value;
  let low = column.texts ? -0.5 : Infinity;
  let high = column.texts ? column.texts.length - 0.5 : -Infinity;
  if (!column.texts && column.low !== undefined) {
    low = scale(Number(column.low));
    high = scale(Number(column.high));
  }
  for (const value of column.number) {
    if (Number.isFinite(value)) {
      low = Math.min(low, scale(value));
      high = Math.max(high, scale(value));
    }
  }
  const span = high - low || 1;
  const back = isLog(column) ? Math.exp : (value) => value;
  return { of: (value) => (scale(value) - low) / span, back: (place) => back(low + place * span) };
}

/** Colours on a scale from low to high. */
function ramp(colours, low, high) {
  const parts = colours.map((text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)));
  return (value) => {
    const at = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) * (parts.length - 1) : 0;
    const from = Math.min(parts.length - 2, Math.floor(at));
    const mix = parts[from].map((part, i) => Math.round(part + (parts[from + 1][i] - part) * (at - from)));
    return `rgb(${mix.join(",")})`;
  };
}

/** The key to colours: a bar from low to high; values may have another form in words. */
function colourKey(colours, low, high, { t }, name, back = (value) => value) {
  return {
    type: "continuous", min: low, max: high > low ? high : low + 1, calculable: false, hoverLink: false,
    orient: "horizontal", left: "center", bottom: 0, itemWidth: 10, itemHeight: 130,
    text: [fmt(back(high)), short(name, 18) + "  " + fmt(back(low))], textStyle: { color: t.muted, fontSize: 11 },
    inRange: { color: colours } };
}

/** A table beside a chart, closed at first. */
function dataTable(caption, head, rows) {
  const cell = (value, i, tag) => make(tag, { className: typeof value === "string" && i > 0 ? "text" : "" },
    typeof value === "number" ? fmt(value) : String(value));
  return make("details", null, make("summary", null, "The same as a table"),
    make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": caption },
      make("table", null, make("caption", null, caption),
        make("thead", null, make("tr", null, ...head.map((text) => make("th", { scope: "col" }, text)))),
        make("tbody", null, ...rows.map((row) => make("tr", null,
          ...row.map((value, i) => cell(value, i, "td"))))))));
}
