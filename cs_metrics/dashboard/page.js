"use strict";
/* The page: filters, blocks, the dialog behind a figure. Every figure is one of DATA, which are the marts' own. */

const WINDOW = 24;
const MONTHS = DATA.months;
const lastWhole = DATA.provisional.lastIndexOf(false);
const state = {policy: DATA.policies[0], month: lastWhole < 0 ? MONTHS.length - 1 : lastWhole, dimension: "all", value: "all", cohorts: "accounts"};
const rowsOf = name => DATA[name].rows.map(row => Object.fromEntries(DATA[name].columns.map((column, place) => [column, row[place]])));
const TABLES = Object.fromEntries(["reasons", "forecast", "benchmarks", "restatements", "freshness", "rejections", "alerts"].map(name => [name, rowsOf(name)]));
const byId = id => document.getElementById(id);

/* --- figures --- */

function series(metric, dimension = state.dimension, value = state.value) {
  return DATA.figures[state.policy]?.[dimension]?.[value]?.[metric];
}

function at(metric, month, dimension, value, key = "v") {
  const found = series(metric, dimension, value);
  return found?.[key]?.[month - found.s] ?? null;
}

const has = (metrics, dimension, value) => metrics.some(metric => at(metric, state.month, dimension, value) !== null);
const everHas = metrics => metrics.some(metric => series(metric, "all", "all")?.v.some(value => value !== null));
const isSmall = (metric, month) => series(metric)?.l?.includes(month) ?? false;
const format = metric => DATA.metrics[metric].format;
const label = metric => DATA.metrics[metric].label;
const text = (metric, month, dimension, value) => written(format(metric), at(metric, month, dimension, value));
const segmentName = () => (state.dimension === "all" ? "all accounts" : `${nameWritten(state.dimension)} ${state.value}`);
const recent = () => MONTHS.map((_, month) => month).filter(month => month <= state.month && month > state.month - WINDOW);

/* What a displayed figure is, so that it can be looked up in monthly_metrics. */
function marked(element, metric, month, dimension = state.dimension, value = state.value) {
  Object.assign(element.dataset, {policy: state.policy, month: MONTHS[month], metric, dimension, value});
  element.textContent = text(metric, month, dimension, value);
  return element;
}

function figure(metric, month = state.month, dimension = state.dimension, value = state.value) {
  const button = marked(make("button", {type: "button", class: "figure"}), metric, month, dimension, value);
  button.setAttribute("aria-label", `${label(metric)} ${button.textContent}: definition and accounts`);
  button.addEventListener("click", () => openDetail(metric, month, dimension, value));
  return button;
}

function fact(metric) {
  return make("div", {class: "fact"}, make("h3", {}, label(metric)), figure(metric), make("span", {class: "flags"}, marksOf(metric)));
}

function marksOf(metric) {
  const sample = at(metric, state.month, state.dimension, state.value, "n");
  const marks = isSmall(metric, state.month) ? [`small sample${sample === null ? "" : `, n = ${WHOLE.format(sample)}`}`] : [];
  return marks.concat(DATA.provisional[state.month] ? ["provisional"] : []).join(", ");
}

/* --- charts and their tables --- */

function tableOf(caption, columns, rows) {
  const isText = place => !place || (rows.length && !(rows[0][place] instanceof Element));
  const head = make("tr", {}, ...columns.map((column, place) => make("th", {scope: "col", class: isText(place) ? "text" : null}, column)));
  const body = rows.map(row => make("tr", {}, ...row.map(cell => (cell instanceof Element ? cell : make("td", {class: "text"}, cell ?? DASH)))));
  return make("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": caption},
    make("table", {}, make("caption", {}, caption), make("thead", {}, head), make("tbody", {}, ...body)));
}

const number = value => make("td", {}, value);
const cell = (metric, month, dimension, value) => marked(make("td"), metric, month, dimension, value);

/* A chart, and the same figures as a table; one that needs a width scrolls where there is less. */
function draw(block, spec, table, least = 0) {
  const place = make("div", {class: "chart"});
  if (least) place.style.minWidth = `${least}px`;
  block.append(least ? make("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": spec.description}, place) : place);
  if (table) block.append(make("details", {}, make("summary", {}, "As a table"), table));
  drawn.push([place, spec]);
}

let drawn = [];

async function render(charts) {
  for (const [place, spec] of charts) {
    if (!place.isConnected) continue;
    const {view} = await vegaEmbed(place, spec, {actions: false, renderer: "svg"});
    place.view = view;
  }
  document.body.dataset.drawn = String(charts === latest);
}

let latest = [];

const lineRows = metrics => metrics.flatMap(metric => recent().filter(month => at(metric, month) !== null).map(month => ({
  month: MONTHS[month], value: at(metric, month), name: label(metric), metric, when: monthWritten(MONTHS[month]), text: text(metric, month),
  label: [label(metric).replace(", 12 months", "").replace("Revenue churn", "Revenue").replace("Customer churn", "Customers"), text(metric, month)],
})));

function monthTable(caption, metrics) {
  const months = recent().reverse();
  return tableOf(caption, ["month", ...metrics.map(label)],
    months.map(month => [make("th", {scope: "row", class: "text"}, monthWritten(MONTHS[month])), ...metrics.map(metric => cell(metric, month))]));
}

function drawLines(block, title, metrics) {
  const there = metrics.filter(metric => has([metric]) || lineRows([metric]).length);
  draw(block, lines(`${title}, ${segmentName()}`, lineRows(there), format(there[0])), monthTable(`${title}, ${segmentName()}`, there));
}

/* --- blocks --- */

const HEADLINES = ["mrr", "arr", "net_new_mrr", "accounts", "arpa", "nrr_12m", "grr_12m", "customer_churn_rate", "gross_mrr_churn_rate", "nps", "ltv_to_cac", "cac_payback_months"];
const GAINS = ["new_mrr", "reactivation_mrr", "expansion_mrr"], LOSSES = ["contraction_mrr", "churned_mrr"];

function headlines(block) {
  const tiles = make("div", {class: "tiles"});
  block.append(tiles);
  for (const metric of HEADLINES.filter(metric => everHas([metric]))) {
    const changes = [[1, "month before"], [12, "year before"]].map(([months, name]) => {
      const change = changeWritten(metric, at(metric, state.month), at(metric, state.month - months));
      return make("div", {class: "change", "data-change": metric, "data-months": months}, make("span", {}, name), make("b", {}, change ?? DASH));
    });
    const tile = make("div", {class: "tile"}, make("h3", {}, label(metric)), figure(metric), make("p", {class: "flags"}, marksOf(metric)), ...changes);
    tiles.append(tile);
    const rows = lineRows([metric]);
    if (rows.length > 2) draw(tile, spark(`${label(metric)} of the last ${rows.length} months`, rows));
  }
}

function bridge(block) {
  let level = at("opening_mrr", state.month);
  const step = (metric, sign) => {
    const amount = at(metric, state.month) * sign, from = level;
    level += amount;
    return {name: label(metric), from, to: level, top: Math.max(from, level), kind: amount < 0 ? "loss" : "gain", value: amount, metric,
      text: (amount > 0 ? "+" : "") + written("money", amount)};
  };
  const total = (metric, name) => ({name, from: at(metric, state.month), to: 0, top: at(metric, state.month), kind: "total", value: at(metric, state.month), metric,
    text: text(metric, state.month)});
  const rows = [total("opening_mrr", "Opening"), ...GAINS.map(metric => step(metric, 1)), ...LOSSES.map(metric => step(metric, -1)),
    ...(at("fx_mrr", state.month) ? [step("fx_mrr", 1)] : []), total("mrr", "Closing")];
  // Steps are small beside the balance: the axis starts below the lowest of them, and the totals reach down to it.
  const levels = rows.flatMap(row => (row.kind === "total" ? [row.from] : [row.from, row.to]));
  const floor = Math.max(0, Math.min(...levels) - (Math.max(...levels) - Math.min(...levels)) * 0.6);
  for (const row of rows) if (row.kind === "total") row.to = floor;
  block.append(make("p", {class: "note"}, floor ? `The axis begins at ${written("money", floor)}.` : ""));
  const table = tableOf(`MRR bridge, ${segmentName()}`, ["", "amount"], rows.map(row => [row.name, cell(row.metric, state.month)]));
  draw(block, waterfall(`MRR bridge of ${monthWritten(MONTHS[state.month])}, ${segmentName()}`, rows), table, 540);
}

function movements(block) {
  const metrics = [...GAINS, ...LOSSES, "fx_mrr"], rows = metrics.map(metric => lineRows([metric]));
  const values = rows.flat().map(row => row.value), top = [Math.min(0, ...values), Math.max(0, ...values) || 1];
  const panels = make("div", {class: "panels"});
  block.append(panels);
  metrics.forEach((metric, place) => {
    const panel = make("div", {}, make("h3", {}, `${label(metric)} `), figure(metric));
    panels.append(panel);
    draw(panel, columns(`${label(metric)} MRR by month, ${segmentName()}`, rows[place], top, !LOSSES.includes(metric)));
  });
  block.append(make("details", {}, make("summary", {}, "As a table"), monthTable(`MRR by movement, ${segmentName()}`, metrics)));
}

function cohorts(block) {
  const all = DATA.cohorts[state.policy][state.dimension][state.value], choice = make("div", {class: "choice", role: "group", "aria-label": "What is left of a cohort"});
  for (const [kind, name] of [["accounts", "Accounts"], ["mrr", "MRR"]]) {
    const button = make("button", {type: "button", "aria-pressed": String(state.cohorts === kind)}, name);
    button.addEventListener("click", () => { state.cohorts = kind; update(); document.querySelector("#cohorts [aria-pressed=true]").focus(); });
    choice.append(button);
  }
  const limit = new Date(MONTHS[state.month]), rows = [], lines = [];
  for (const [month, accounts, mrr, first, accountRates, mrrRates] of all) {
    const start = new Date(month), age = (limit.getUTCFullYear() - start.getUTCFullYear()) * 12 + limit.getUTCMonth() - start.getUTCMonth();
    const rates = (state.cohorts === "mrr" ? mrrRates : accountRates).slice(0, Math.max(0, age - first + 1));
    if (!rates.length) continue;
    const size = state.cohorts === "mrr" ? written("money", mrr) : WHOLE.format(accounts), cohort = monthWritten(month);
    rates.forEach((value, place) => value !== null && rows.push({cohort: `${cohort} · ${size}`, age: place + first, value, name: cohort, when: `after ${place + first} months`,
      text: PERCENT.format(value), short: WHOLE.format(value * 100)}));
    lines.push([make("th", {scope: "row", class: "text"}, cohort), number(size), ...rates.map((value, place) => {
      const found = number(written("percent", value));
      Object.assign(found.dataset, {cohort: month, age: place + first, kind: state.cohorts, policy: state.policy, dimension: state.dimension, value: state.value});
      return found;
    })]);
  }
  block.append(make("p", {class: "note"}, "Percent of what a month's new accounts began with. Beside the month: what that was."), choice);
  const caption = `Cohorts, what is left of ${state.cohorts === "mrr" ? "MRR" : "accounts"}, ${segmentName()}`;
  const width = Math.max(0, ...lines.map(line => line.length - 2));
  draw(block, heat(caption, rows), tableOf(caption, ["cohort", "start", ...Array.from({length: width}, (_, age) => String(age))], lines), 860);
}

function nps(block) {
  block.append(make("div", {class: "facts"}, ...["nps", "nps_margin_of_error", "survey_response_rate", "csat"].filter(metric => everHas([metric])).map(fact)));
  const rows = lineRows(["nps"]).map(row => {
    const margin = at("nps_margin_of_error", MONTHS.indexOf(row.month));
    return {...row, low: margin === null ? null : row.value - margin, high: margin === null ? null : row.value + margin};
  });
  draw(block, banded(`NPS with its margin of error, ${segmentName()}`, rows, "points"), monthTable(`NPS, ${segmentName()}`, ["nps", "nps_margin_of_error"]));
  const classes = ["nps_promoters", "nps_passives", "nps_detractors"];
  if (!has(classes)) return;
  block.append(make("h3", {}, "Answers of the month"));
  draw(block, bars("Promoters, passives and detractors", classes.map(metric => ({name: label(metric), value: at(metric, state.month), text: text(metric, state.month), when: monthWritten(MONTHS[state.month])}))),
    monthTable(`Answers, ${segmentName()}`, classes));
}

function reasons(block) {
  const rows = TABLES.reasons.filter(row => row.dimension === state.dimension && row.dimension_value === state.value && row.month === MONTHS[state.month]);
  const themes = [...new Set(rows.map(row => row.theme))], of = (theme, kind) => rows.find(row => row.theme === theme && row.nps_class === kind)?.mentions ?? 0;
  const panels = make("div", {class: "panels"});
  block.append(make("p", {class: "note"}, "Comments of the twelve months up to this one that speak of a theme."), panels);
  for (const kind of ["detractor", "promoter"]) {
    const shown = themes.map(theme => ({name: theme, value: of(theme, kind), text: WHOLE.format(of(theme, kind)), when: "twelve months"})).sort((one, other) => other.value - one.value);
    const panel = make("div", {}, make("h3", {}, kind === "detractor" ? "Detractors" : "Promoters"));
    panels.append(panel);
    draw(panel, bars(`What ${kind}s write about`, shown, 21));
  }
  const classes = ["detractor", "passive", "promoter"];
  block.append(make("details", {}, make("summary", {}, "As a table"), tableOf("Reasons", ["theme", ...classes], themes.map(theme => [theme, ...classes.map(kind => {
    const found = number(WHOLE.format(of(theme, kind)));
    Object.assign(found.dataset, {theme, kind, month: MONTHS[state.month], dimension: state.dimension, value: state.value});
    return found;
  })]))));
}

function panelsOf(title, metrics) {
  return block => {
    const panels = make("div", {class: "panels"});
    block.append(panels);
    const there = metrics.filter(metric => lineRows([metric]).length);
    for (const metric of there) {
      const panel = fact(metric);
      panels.append(panel);
      draw(panel, spark(`${label(metric)}, ${segmentName()}`, lineRows([metric])));
    }
    block.append(make("details", {}, make("summary", {}, "As a table"), monthTable(`${title}, ${segmentName()}`, there)));
  };
}

function split(title, metric, dimension) {
  return block => {
    const values = (DATA.dimensions[dimension]?.values ?? []).filter(value => at(metric, state.month, dimension, value) !== null);
    const rows = values.map(value => ({name: value, value: at(metric, state.month, dimension, value), text: text(metric, state.month, dimension, value), when: monthWritten(MONTHS[state.month])}));
    rows.sort((one, other) => other.value - one.value);
    block.append(make("h3", {}, title));
    draw(block, bars(title, rows), tableOf(title, [nameWritten(dimension), label(metric)], rows.map(row => [row.name, cell(metric, state.month, dimension, row.name)])));
  };
}

function success(block) {
  const isRep = state.dimension === "csm";
  block.append(make("div", {class: "facts"}, ...["arr_per_csm", "accounts_per_csm"].filter(metric => everHas([metric])).map(fact)));
  if (!isRep && has(["arr_per_csm"], "all", "all")) split("ARR by rep", "arr", "csm")(block);
}

function usage(block) {
  panelsOf("Usage", ["mau", "wau", "dau", "stickiness", "adoption_rate"])(block);
  if (state.dimension === "all" && DATA.dimensions.feature) split("Share of active accounts that use a feature", "feature_adoption_rate", "feature")(block);
}

function forecast(block) {
  const rows = TABLES.forecast.filter(row => row.policy === state.policy && row.dimension === state.dimension && row.dimension_value === state.value);
  const past = lineRows(["mrr"]).filter(row => !DATA.provisional[MONTHS.indexOf(row.month)] && row.month < rows[0].month).map(row => ({...row, label: []}));
  const next = rows.map(row => ({month: row.month, value: row.forecast_mrr, low: row.low_mrr, high: row.high_mrr, name: "MRR", when: monthWritten(row.month),
    text: written("money", row.forecast_mrr), label: [monthWritten(row.month), written("money", row.forecast_mrr)]}));
  const error = rows[0].error;
  block.append(make("p", {class: "note"}, `If it goes on as it did: ${rows[0].method}. ` + (error === null ? "" : `Forecasts of one month were ${PERCENT.format(error)} off on average, in ${rows[0].backtests} tries. `) + "The filter for months doesn't apply."));
  draw(block, banded(`MRR and its forecast, ${segmentName()}`, [...past, ...next], "money", past.at(-1)?.month),
    tableOf(`Forecast, ${segmentName()}`, ["month", "MRR", "low", "high"], rows.map(row => [monthWritten(row.month), ...["forecast_mrr", "low_mrr", "high_mrr"].map(column => {
      const found = number(written("money", row[column]));
      Object.assign(found.dataset, {forecast: column, month: row.month, policy: row.policy, dimension: row.dimension, value: row.dimension_value});
      return found;
    })])));
}

function benchmarks(block) {
  const rows = TABLES.benchmarks.filter(row => row.policy === state.policy && row.month === MONTHS[state.month]);
  if (!rows.length) return block.append(make("p", {class: "none"}, "Nothing is published for a company of this size, month and currency."));
  const verdict = row => row.position + (row.is_favourable === null ? "" : row.is_favourable ? ": better" : ": worse");
  const range = row => ["low", "median", "high"].filter(edge => row[edge] !== null).map(edge => written(format(row.metric), row[edge])).join(" · ");
  block.append(tableOf("Published figures of companies of this size: low, median, high, as far as given", ["metric", "here", "position", "published", "source"], rows.map(row => {
    const here = number(written(format(row.metric), row.compared_value) + (row.conversion === "none" || !row.conversion ? "" : " a year"));
    return [label(row.metric), here, verdict(row), number(range(row)), `${row.statistic.replaceAll("_", " ")}; ${row.source}, ${row.source_year}`];
  })));
}

function quality(block) {
  block.append(make("p", {class: "note"}, TABLES.alerts.length ? "" : "Nothing is beyond the limits that are set for the sources."));
  if (TABLES.alerts.length) block.append(tableOf("Beyond the limits that are set for the sources", ["level", "measure", "table", "reason", "rows"],
    TABLES.alerts.map(row => [row.level, row.measure.replaceAll("_", " "), row.table_name, row.reason || DASH, number(WHOLE.format(row.row_count))])));
  block.append(tableOf("Source tables: rows, rejected, days since the last arrival", ["table", "system", "rows", "rejected", "days"], TABLES.freshness.map(row =>
    [row.table_name, row.source_system, number(WHOLE.format(row.row_count)), number(WHOLE.format(row.rejected_rows)), number(written("count", row.days_since_arrival))])));
  block.append(make("details", {}, make("summary", {}, "Why rows were rejected"), tableOf("Rejected rows", ["table", "reason", "rows"],
    TABLES.rejections.map(row => [row.table_name, row.reason, number(WHOLE.format(row.rejected_rows))]))));
}

function restatements(block) {
  const rows = TABLES.restatements.filter(row => row.policy === state.policy);
  if (!rows.length) return block.append(make("p", {class: "none"}, "No closed month has changed since it was first reported."));
  const first = row => (row.first_unit === row.unit ? written(format(row.metric), row.first_value) : `${written("decimal", row.first_value)} ${row.first_unit}`);
  block.append(tableOf("Closed company figures that are another today", ["month", "metric", "reason", "first", "today", "of this reason"], rows.map(row =>
    [monthWritten(row.month), label(row.metric), row.reason, number(first(row)), ...["current_value", "value_part"].map(column => number(written(format(row.metric), row[column])))])));
}

const company = "these are kept for the company as a whole";
const BLOCKS = [
  {id: "headlines", title: "Headlines", needs: HEADLINES, draw: headlines},
  {id: "bridge", title: "MRR bridge of the month", size: "half", needs: ["opening_mrr", "mrr"], draw: bridge},
  {id: "movements", title: "MRR by movement", size: "half", needs: ["new_mrr"], draw: movements},
  {id: "retention", title: "Net and gross retention", size: "half", needs: ["nrr_12m", "grr_12m"], draw: block => drawLines(block, "NRR and GRR over twelve months", ["nrr_12m", "grr_12m"])},
  {id: "churn", title: "Churn", size: "half", needs: ["customer_churn_rate"], draw: block => drawLines(block, "Churn a month", ["customer_churn_rate", "gross_mrr_churn_rate", "net_mrr_churn_rate"])},
  {id: "cohorts", title: "Cohorts", draw: cohorts, none: "cohorts", isThere: (dimension, value) => DATA.cohorts[state.policy]?.[dimension]?.[value]},
  {id: "nps", title: "NPS", size: "half", needs: ["nps"], draw: nps, none: "surveys"},
  {id: "reasons", title: "Reasons", size: "half", draw: reasons, none: "comments in surveys", kept: "these are kept for the company and its billing entities",
    isThere: (dimension, value) => TABLES.reasons.some(row => row.dimension === dimension && row.dimension_value === value && row.month === MONTHS[state.month])},
  {id: "economics", title: "Acquisition and lifetime value", size: "half", needs: ["cac", "ltv"], draw: panelsOf("Unit economics", ["cac", "cac_payback_months", "ltv_to_cac", "ltv", "gross_margin", "quick_ratio"]), none: "costs"},
  {id: "success", title: "Customer success", size: "half", needs: ["arr_per_csm"], draw: success, none: "reps with accounts"},
  {id: "usage", title: "Usage", size: "half", needs: ["mau"], draw: usage, none: "usage data"},
  {id: "forecast", title: "Forecast", size: "half", draw: forecast, none: "forecast", kept: "these are kept for the company and its billing entities",
    isThere: (dimension, value) => TABLES.forecast.some(row => row.policy === state.policy && row.dimension === dimension && row.dimension_value === value)},
  {id: "benchmarks", title: "Benchmarks", draw: benchmarks, kept: company, none: "benchmarks", isThere: dimension => dimension === "all"},
  {id: "quality", title: "Data quality and freshness", size: "half", draw: quality, note: "Of all sources, whatever the filters say."},
  {id: "restatements", title: "Restatements", size: "half", draw: restatements, kept: company, none: "restatements", isThere: dimension => dimension === "all"},
];

function fill(block) {
  const section = make("section", {id: block.id, class: block.size ?? null, "aria-labelledby": `${block.id}-title`}, make("h2", {id: `${block.id}-title`}, block.title));
  if (block.note) section.append(make("p", {class: "note"}, block.note));
  const isThere = block.needs ? (dimension, value) => has(block.needs, dimension, value) : block.isThere ?? (() => true);
  if (isThere(state.dimension, state.value)) block.draw(section);
  else if (block.needs && !everHas(block.needs)) section.append(make("p", {class: "none"}, `This company has no ${block.none ?? "such figures"}.`));
  else section.append(make("p", {class: "none"}, `No figures for ${segmentName()} in ${monthWritten(MONTHS[state.month])}${block.kept ? `: ${block.kept}` : ""}.`));
  return section;
}

async function update() {
  const scroll = scrollY;
  document.body.dataset.drawn = "false";
  document.querySelectorAll(".chart").forEach(place => place.view?.finalize());
  drawn = [];
  byId("main").replaceChildren(...BLOCKS.map(fill));
  const dimension = DATA.dimensions[state.dimension], left = dimension && state.dimension !== "billing_entity" ? dimension.places - dimension.values.length : 0;
  byId("said").textContent = `${monthWritten(MONTHS[state.month])}${DATA.provisional[state.month] ? ", provisional: the month isn't over" : ""}; ${segmentName()}; policy ${state.policy}.`
    + (left > 0 ? ` Of ${dimension.places} values of ${nameWritten(state.dimension)} the ${dimension.values.length} largest are here; the others are in monthly_metrics.` : "");
  scrollTo(0, scroll);
  latest = drawn;
  await render(latest);
}

/* --- the dialog behind a figure --- */

function openDetail(metric, month, dimension, value) {
  const known = DATA.metrics[metric], dialog = byId("detail"), shown = at(metric, month, dimension, value);
  const close = make("button", {type: "button", class: "close"}, "Close");
  close.addEventListener("click", () => dialog.close());
  const definition = make("div", {class: "definition"});
  definition.innerHTML = known.definition; // made of the project's own docs, with HTML in them turned off
  const where = dimension === "all" ? "" : `, ${nameWritten(dimension)} ${value}`;
  dialog.replaceChildren(close, make("h2", {id: "detail-title"}, `${known.label} in ${monthWritten(MONTHS[month])}${where}`),
    make("p", {class: "big"}, written(known.format, shown)),
    make("p", {class: "note"}, shown === null ? "It has no value: there is nothing to divide by, or nothing is known." : `Exactly ${EXACT.format(shown)}${sidesOf(metric, month, dimension, value)}`),
    make("h3", {}, "Definition"), definition, make("h3", {}, "Accounts behind it"), ...accountsOf(metric, month, dimension));
  dialog.showModal();
}

function sidesOf(metric, month, dimension, value) {
  const [above, below, sample] = ["p", "d", "n"].map(key => at(metric, month, dimension, value, key));
  if (above === null || below === null) return "";
  return ` = ${EXACT.format(above)} / ${EXACT.format(below)}${sample === null ? "" : `, over ${WHOLE.format(sample)}`}`;
}

function accountsOf(metric, month, dimension) {
  const parts = DATA.contributions[state.policy]?.[metric]?.[MONTHS[month]];
  const command = make("p", {}, "All of them, down to the rows of the sources: ", make("code", {}, `make explain METRIC=${metric} MONTH=${MONTHS[month].slice(0, 7)} POLICY=${state.policy}`));
  if (dimension !== "all") return [make("p", {class: "note"}, "The page has accounts behind the company's figures only; a segment's are in fct_mrr_movements and dim_accounts.")];
  if (!parts) return [make("p", {class: "note"}, DATA.metrics[metric].is_split ? "The page has the accounts of the latest months and the main metrics." : "It doesn't split over accounts; the command shows what it is made of."), command];
  const isRatio = DATA.metrics[metric].formulas[1] !== null;
  const digits = [4, 5].map(side => Math.max(...parts.map(part => (EXACT.format(part[side] ?? 0).split(".")[1] ?? "").length)));
  const rows = parts.map(([entity, account, name, accounts, numerator, denominator]) => {
    const cells = [numerator, ...(isRatio ? [denominator] : [])].map((part, place) => {
      const found = number(part === null ? DASH : decimals(digits[place]).format(part));
      found.dataset.part = place ? "denominator" : "numerator";
      found.dataset.exact = part ?? 0;
      return found;
    });
    return account === null ? [`${WHOLE.format(accounts)} others`, "", ...cells] : [name ? `${name} (${account})` : account, entity, ...cells];
  });
  return [tableOf("They add up to the figure", ["account", "billing entity", isRatio ? "numerator" : "part", ...(isRatio ? ["denominator"] : [])], rows), command];
}

/* --- filters --- */

function options(select, entries, chosen) {
  select.replaceChildren(...entries.map(([value, name]) => make("option", {value}, name)));
  select.value = chosen;
}

function showFilters() {
  const isEntity = state.dimension === "billing_entity", segments = Object.keys(DATA.dimensions).filter(name => !["billing_entity", "feature"].includes(name));
  options(byId("month"), MONTHS.map((month, place) => [place, monthWritten(month) + (DATA.provisional[place] ? " (provisional)" : "")]).reverse(), state.month);
  options(byId("entity"), [["", "all"], ...(DATA.dimensions.billing_entity?.values ?? []).map(value => [value, value])], isEntity ? state.value : "");
  options(byId("dimension"), [["all", "all accounts"], ...segments.map(name => [name, nameWritten(name)])], isEntity ? "all" : state.dimension);
  const values = isEntity || state.dimension === "all" ? [] : DATA.dimensions[state.dimension].values;
  options(byId("value"), values.length ? values.map(value => [value, value]) : [["all", DASH]], values.length ? state.value : "all");
  byId("value").disabled = !values.length;
  options(byId("policy"), DATA.policies.map(policy => [policy, policy]), state.policy);
  byId("policies").hidden = DATA.policies.length < 2;
}

function change(more) {
  Object.assign(state, more);
  showFilters();
  update();
}

/* A figure is cut by one thing at a time: an entity, or a segment. */
byId("month").addEventListener("change", event => change({month: Number(event.target.value)}));
byId("entity").addEventListener("change", event => change(event.target.value ? {dimension: "billing_entity", value: event.target.value} : {dimension: "all", value: "all"}));
byId("dimension").addEventListener("change", event => change({dimension: event.target.value, value: DATA.dimensions[event.target.value]?.values[0] ?? "all"}));
byId("value").addEventListener("change", event => change({value: event.target.value}));
byId("policy").addEventListener("change", event => change({policy: event.target.value}));
byId("filters").addEventListener("reset", event => {
  event.preventDefault();
  change({policy: DATA.policies[0], month: lastWhole < 0 ? MONTHS.length - 1 : lastWhole, dimension: "all", value: "all"});
});

byId("stand").textContent = `As of ${DATA.as_of}, built ${DATA.published_at.replace("T", " ")} UTC. Money in ${DATA.currency}.`;
change({});
