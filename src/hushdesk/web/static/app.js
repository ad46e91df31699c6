// Everything here is an addition: each page works without it.
import { startChart } from "./chart.js";
import { startCountdowns, startWork } from "./countdown.js";
import { startKeys } from "./keys.js";
import { startPane } from "./pane.js";
import { startTheme } from "./toggle.js";

startTheme(document.getElementById("theme"));

startCountdowns(document.querySelectorAll("[data-left]"));
startWork(document.querySelector("[data-work]"));

const facets = document.querySelector("[data-facets]");
if (facets && matchMedia("(max-width: 56rem)").matches) facets.open = false;

const chart = document.querySelector("[data-chart]");
if (chart) startChart(chart);

const rows = document.querySelector("[data-rows]");
const pane = rows ? startPane(rows, document.getElementById("pane")) : null;
startKeys(pane);

const syntax = document.querySelector(".syntax");
if (syntax) {
  document.addEventListener("click", (event) => {
    if (syntax.open && !syntax.contains(event.target)) syntax.open = false;
  });
}
