// What was opened leaves the page with whoever looks at it: a browser may keep pages in memory to go back to.
const LONGEST = 5 * 60 * 1000;
const opened = document.querySelector("[data-opened]");
const said = document.querySelector("[data-gone]");

function clear() {
  opened?.replaceChildren();
  if (said) said.textContent = "It was shown, and is gone from this page.";
}

addEventListener("pagehide", clear);
addEventListener("pageshow", (event) => {
  if (event.persisted) clear();
});
setTimeout(clear, LONGEST);
