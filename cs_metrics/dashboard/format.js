"use strict";
/* How figures are written, the same everywhere. */

/* Names are keys here: an object without a prototype has no `constructor` but one that the data has. */
const bare = (_, value) => (value && typeof value === "object" && !Array.isArray(value) ? Object.setPrototypeOf(value, null) : value);
const DATA = JSON.parse(document.getElementById("data").textContent, bare);
const DASH = "–";

const decimals = (digits, more = {}) => new Intl.NumberFormat("en-US", {minimumFractionDigits: digits, maximumFractionDigits: digits, ...more});
const money = digits => decimals(digits, DATA.currency.length === 3 ? {style: "currency", currency: DATA.currency} : {});
const WHOLE = decimals(0), ONE = decimals(1), TWO = decimals(2), PERCENT = decimals(1, {style: "percent"});
const MONEY = money(0), CENTS = money(2), EXACT = decimals(0, {maximumFractionDigits: 8});

const FORMATS = {
  money: value => (value && Math.abs(value) < 100 ? CENTS : MONEY).format(value),
  count: value => WHOLE.format(value),
  decimal: value => ONE.format(value),
  percent: value => PERCENT.format(value),
  times: value => TWO.format(value) + "×",
  months: value => ONE.format(value) + " mo",
  points: value => ONE.format(value),
};

function written(format, value) {
  return value === null || value === undefined ? DASH : FORMATS[format](value);
}

/* Money and counts change by a share of what they were; rates, points and what may be below 0 by their difference. */
function changeWritten(metric, now, before) {
  const format = DATA.metrics[metric].format;
  if (now == null || before == null) return null;
  const sign = now > before ? "+" : "";
  if (metric !== "net_new_mrr" && ["money", "count", "decimal"].includes(format)) return before > 0 ? sign + PERCENT.format((now - before) / before) : null;
  if (format === "percent") return sign + ONE.format((now - before) * 100) + " pp";
  return sign + FORMATS[format](now - before);
}

const MONTH = new Intl.DateTimeFormat("en-US", {month: "short", year: "numeric", timeZone: "UTC"});
const monthWritten = month => MONTH.format(new Date(month + "T00:00:00Z"));
const nameWritten = name => (name === "csm" ? "rep" : name.replaceAll("_", " "));

/* A new element: text is set as text, never as HTML. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) element.setAttribute(name, value);
  element.append(...children.filter(child => child !== null));
  return element;
}
