"use strict";
/* Specifications of the charts (Vega-Lite), each a function of its rows. Colours are the page's own, for day, night and print. */

const INK = "var(--ink)", SOFT = "var(--soft)", ACCENT = "var(--accent)", QUIET = "var(--quiet)", CARD = "var(--card)";
const FONT = "'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const CONFIG = {
  background: "transparent", font: FONT, view: {stroke: null},
  axis: {labelColor: SOFT, titleColor: SOFT, domain: false, ticks: false, gridColor: "var(--grid)", labelFontSize: 11, labelPadding: 6, title: null},
  axisX: {grid: false, labelFlush: true},
  text: {fontSize: 11.5, color: INK},
};
const AXIS_FORMATS = {money: "~s", percent: ".0%", count: "~s", decimal: "~s", times: "~f", months: "~f", points: "~f"};

const chart = (description, height, data, more) => ({
  $schema: "https://vega.github.io/schema/vega-lite/v6.json", description, height, width: "container", config: CONFIG,
  autosize: {type: "fit-x", contains: "padding"}, data: {name: "rows", values: data}, ...more,
});
const monthAxis = {field: "month", type: "temporal", timeUnit: "utcyearmonth", axis: {format: "%b %y", tickCount: 5, labelOverlap: true}};
const tooltip = [{field: "name", title: " "}, {field: "when", title: "month"}, {field: "text", title: "value"}];

/* Labels at the lines' ends keep a distance from each other. */
function endsOf(rows) {
  const values = rows.map(row => row.value), span = Math.max(...values) - Math.min(...values) || 1;
  const last = new Map(rows.map(row => [row.name, row]));
  const ends = [...last.values()].map(row => ({...row, at: row.value})).sort((one, other) => one.at - other.at);
  for (let place = 1; place < ends.length; place++) ends[place].at = Math.max(ends[place].at, ends[place - 1].at + span * 0.24);
  return ends;
}

function lines(description, rows, format, more = []) {
  const names = [...new Set(rows.map(row => row.name))];
  const y = {field: "value", type: "quantitative", scale: {zero: false, nice: true}, axis: {format: AXIS_FORMATS[format], tickCount: 4}};
  const color = {field: "name", type: "nominal", legend: null, scale: {domain: names, range: [ACCENT, INK, QUIET]}};
  return chart(description, 190, rows, {padding: {left: 0, top: 8, bottom: 0, right: 96}, layer: [
    ...more,
    {mark: {type: "line", strokeWidth: 2, point: {size: 14, filled: true}}, encoding: {x: monthAxis, y, color, tooltip,
      strokeDash: {field: "name", legend: null, scale: {domain: names, range: [[1, 0], [5, 3], [2, 2]]}}}},
    {data: {values: endsOf(rows)}, mark: {type: "text", align: "left", dx: 8, fontWeight: 600, lineHeight: 14, baseline: "middle"}, encoding: {
      x: monthAxis, y: {...y, field: "at"}, color, text: {field: "label"}}},
  ]});
}

/* A line within a band from low to high. */
function banded(description, rows, format, edge) {
  const band = {transform: [{filter: "isValid(datum.low)"}], mark: {type: "area", color: ACCENT, opacity: 0.16}, encoding: {
    x: monthAxis, y: {field: "low", type: "quantitative"}, y2: {field: "high"}}};
  const rule = edge ? [{data: {values: [{month: edge}]}, mark: {type: "rule", color: QUIET, strokeDash: [3, 3]}, encoding: {x: monthAxis}}] : [];
  return lines(description, rows, format, [band, ...rule]);
}

function waterfall(description, rows) {
  const x = {field: "name", type: "nominal", sort: null, axis: {labelAngle: 0, labelLimit: 90, labelOverlap: false, labelFontSize: 11}, scale: {paddingInner: 0.35}};
  const y = {field: "from", type: "quantitative", scale: {zero: false, nice: true}, axis: {format: "~s", tickCount: 4}};
  return chart(description, 250, rows, {layer: [
    {mark: {type: "bar"}, encoding: {x, y, y2: {field: "to"}, tooltip,
      color: {field: "kind", type: "nominal", legend: null, scale: {domain: ["total", "gain", "loss"], range: [QUIET, ACCENT, INK]}}}},
    {mark: {type: "text", dy: -8, fontWeight: 600}, encoding: {x, y: {field: "top", type: "quantitative"}, text: {field: "text"}}},
  ]});
}

function columns(description, rows, top, isGain) {
  return chart(description, 84, rows, {
    mark: {type: "bar", color: isGain ? ACCENT : INK, binSpacing: 1},
    encoding: {x: {...monthAxis, axis: {...monthAxis.axis, tickCount: 2}}, tooltip,
      y: {field: "value", type: "quantitative", scale: {domain: top}, axis: {format: "~s", tickCount: 2}}},
  });
}

function spark(description, rows) {
  return chart(description, 26, rows, {
    mark: {type: "line", color: ACCENT, strokeWidth: 1.5},
    encoding: {x: {...monthAxis, axis: null}, y: {field: "value", type: "quantitative", axis: null, scale: {zero: false}}},
    padding: {left: 0, right: 0, top: 2, bottom: 2},
  });
}

function bars(description, rows, rowHeight = 24) {
  const y = {field: "name", type: "nominal", sort: null, axis: {labelLimit: 130, labelColor: INK}, scale: {paddingInner: 0.35}};
  const x = {field: "value", type: "quantitative", axis: null, scale: {domainMax: Math.max(...rows.map(row => row.value), 0) * 1.3 || 1, domainMin: 0}};
  return chart(description, Math.max(rows.length, 1) * rowHeight, rows, {layer: [
    {mark: {type: "bar", color: ACCENT}, encoding: {x, y, tooltip}},
    {mark: {type: "text", align: "left", dx: 5}, encoding: {x, y, text: {field: "text"}}},
  ]});
}

/* Darker is more; the number stands in each cell. */
function heat(description, rows) {
  const x = {field: "age", type: "ordinal", axis: {orient: "top", labelAngle: 0, title: "months since the start", titleAlign: "left", titleAnchor: "start"}};
  const y = {field: "cohort", type: "ordinal", sort: null};
  const cohorts = new Set(rows.map(row => row.cohort)).size;
  return chart(description, Math.max(cohorts, 1) * 19, rows, {layer: [
    {mark: {type: "rect", fill: ACCENT, stroke: CARD}, encoding: {x, y, tooltip,
      fillOpacity: {field: "value", type: "quantitative", legend: null, scale: {domain: [0.3, 1.1], range: [0.03, 0.5], clamp: true}}}},
    {mark: {type: "text", fontSize: 10.5}, encoding: {x, y, text: {field: "short"}}},
  ]});
}
