"use strict";
/* The data, and what all parts of the page use. Names of runs, parameters and workers are anybody's
   text: they reach the page as text nodes and canvas text alone. */
const DATA = JSON.parse(document.getElementById("data").textContent);
const NARROW = 640;

/** An element; properties in `with` that begin with "aria" or are not the element's own are attributes. */
function make(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && !key.startsWith("aria") && key !== "style") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function plural(count, word) {
  return whole(count) + " " + word + (count === 1 ? "" : "s");
}

function whole(count) {
  return count.toLocaleString("en-US");
}

/** A number to read: five digits, or all of a whole one. */
function fmt(number) {
  if (number === null || number === undefined) return "–";
  if (typeof number === "string") return number;
  if (!Number.isFinite(number)) return String(number);
  const size = Math.abs(number);
  if (Number.isInteger(number) && size < 1e7) return number.toLocaleString("en-US").replace(/-/g, "−");
  const text = size !== 0 && (size < 1e-4 || size >= 1e7)
    ? number.toExponential(3).replace(/\.?0+e/, "e")
    : String(Number(number.toPrecision(5)));
  return text.replace(/-/g, "−");
}

function seconds(value) {
  if (value === null || !Number.isFinite(Number(value))) return "–";
  const s = Number(value);
  if (s < 1) return fmt(Number((s * 1000).toPrecision(3))) + " ms";
  if (s < 120) return fmt(Number(s.toPrecision(3))) + " s";
  if (s < 7200) return Math.floor(s / 60) + " min " + Math.round(s % 60) + " s";
  if (s < 172800) return Math.floor(s / 3600) + " h " + Math.round((s % 3600) / 60) + " min";
  return fmt(Number((s / 86400).toPrecision(3))) + " days";
}

function moment(ms) {
  if (ms === null) return "–";
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "–" : date.toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
}

/** A name that fits: the end of a dotted path says more than its beginning. */
function short(name, most) {
  const text = [...String(name)];
  if (text.length <= most) return String(name);
  const tail = Math.ceil((most - 1) * 0.65);
  return text.slice(0, most - 1 - tail).join("") + "…" + text.slice(-tail).join("");
}

/** A name that breaks between its words, where it must. */
function breakable(name) {
  const parts = String(name).split(/(?<=[._/-])/);
  return make("span", null, ...parts.flatMap((part, i) => (i === 0 ? [part] : [make("wbr"), part])));
}

/** A name in up to four lines of about `width` characters, broken between its words. */
function inLines(name, width) {
  const parts = short(name, 4 * width).split(/(?<=[._/-])/);
  return parts.reduce((done, part) => {
    const last = done[done.length - 1];
    return last.length + part.length <= width ? [...done.slice(0, -1), last + part] : [...done, part];
  }, [""]).filter((line) => line).slice(0, 5).map((line) => short(line, width + 2)).join("\n");
}

/** At most `most` of a list, evenly. */
function thinned(list, most) {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)]);
}

/** The array of a column's values as numbers, NaN where there is none; texts count by their index. */
function numbers(values) {
  return values.map((value) => (value === null ? NaN : Number(value)));
}

function prepare(run) {
  run.columns.forEach((column) => {
    column.number = numbers(column.values);
    const seen = new Set(column.values);
    column.varies = seen.size > 1;
  });
  run.rows.numbers = run.rows.values.map(numbers);
  run.count = run.rows.number.length;
  run.params = run.columns.filter((column) => column.group === "param");
  run.metrics = run.columns.filter((column) => column.group === "metric");
  run.varying = run.params.filter((column) => column.varies);
  run.isSample = run.count < run.trials;
  run.ranked = byImportance(run, 0);
}

/** The parameters that vary, the most important for an objective first. */
function byImportance(run, objective) {
  const places = new Map(run.importances[objective].map((one, place) => [one.name, place]));
  const place = (column) => (places.has(column.name) ? places.get(column.name) : places.size);
  return [...run.varying].sort((a, b) => place(a) - place(b));
}

const STATES = DATA.states;
const COMPLETE = STATES.indexOf("COMPLETE");
const PRUNED = STATES.indexOf("PRUNED");
const STATE_WORDS = { RUNNING: "running", COMPLETE: "complete", PRUNED: "pruned", FAIL: "failed", WAITING: "waiting" };

/* Okabe and Ito's colours, told apart by people who see few; state and run also differ in shape. */
const RUN_COLOURS = {
  light: ["#0072b2", "#c34a00", "#00805d", "#a8447f", "#8a6a00", "#3a3f8f", "#5e6a78", "#7a2e2e"],
  dark: ["#56b4e9", "#ff8a4c", "#2fc79b", "#e397c4", "#f0d042", "#a5a8ff", "#b3bfcc", "#f2a0a0"],
};
const VIRIDIS = ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

function stateColour(state) {
  return colour(STATES[state].toLowerCase());
}

function isDark() {
  return document.documentElement.dataset.theme === "dark";
}

function runColour(index) {
  const list = RUN_COLOURS[isDark() ? "dark" : "light"];
  return list[index % list.length];
}

/** From the worst value to the best, which stands out from the page. */
function valueColours(direction) {
  const toBest = isDark() ? VIRIDIS.slice(1) : VIRIDIS.slice(0, 8).reverse();
  return direction === "maximize" ? toBest : [...toBest].reverse();
}
