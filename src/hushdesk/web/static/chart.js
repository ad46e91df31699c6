// Drag over the histogram to choose a time range.
const SVG = "http://www.w3.org/2000/svg";
const CLICK = 4;

/** @param {SVGSVGElement} svg */
export function startChart(svg) {
  const bars = [...svg.querySelectorAll("[data-from]")].map((node) => ({
    from: node.dataset.from,
    to: node.dataset.to,
    start: Number(node.dataset.x) / 100,
    end: (Number(node.dataset.x) + Number(node.dataset.width)) / 100,
  }));
  if (!bars.length) return;
  const brush = document.createElementNS(SVG, "rect");
  brush.setAttribute("class", "brush");
  brush.setAttribute("y", "0");
  brush.setAttribute("height", svg.querySelector(".axis").getAttribute("y1"));
  const label = document.createElementNS(SVG, "text");
  label.setAttribute("class", "brush-label");
  label.setAttribute("y", "14");

  let begin = null;
  let dragged = false;

  const fraction = (event) => {
    const box = svg.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const covered = (event) => {
    const [low, high] = [begin, fraction(event)].sort((a, b) => a - b);
    const hit = bars.filter((bar) => bar.end > low && bar.start < high);
    return hit.length ? [hit[0], hit[hit.length - 1]] : null;
  };
  const stop = () => {
    begin = null;
    brush.remove();
    label.remove();
    svg.classList.remove("brushing");
  };

  svg.addEventListener("dragstart", (event) => event.preventDefault());
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    begin = fraction(event);
    dragged = false;
  });
  addEventListener("pointermove", (event) => {
    if (begin === null) return;
    const width = svg.getBoundingClientRect().width;
    if (!dragged && Math.abs(fraction(event) - begin) * width < CLICK) return;
    dragged = true;
    const range = covered(event);
    if (!range) return;
    const [first, last] = range;
    brush.setAttribute("x", `${100 * first.start}%`);
    brush.setAttribute("width", `${100 * (last.end - first.start)}%`);
    label.setAttribute("x", `${50 * (first.start + last.end)}%`);
    label.textContent = first.from === last.to ? first.from : `${first.from} to ${last.to}`;
    svg.classList.add("brushing");
    svg.append(brush, label);
  });
  addEventListener("pointerup", (event) => {
    if (begin === null) return;
    const range = dragged ? covered(event) : null;
    stop();
    if (!range) return;
    const address = new URL(location.href);
    address.searchParams.set("from", range[0].from);
    address.searchParams.set("to", range[1].to);
    address.searchParams.delete("page");
    location.assign(address);
  });
  addEventListener("pointercancel", stop);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && begin !== null) {
      dragged = false;
      stop();
    }
  });
  // One stop for the tab key; from there the arrows go from bar to bar.
  const links = [...svg.querySelectorAll("a[data-from]")];
  svg.addEventListener("keydown", (event) => {
    const place = links.indexOf(event.target.closest("a"));
    const goal = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: links.length - 1 }[event.key];
    if (place < 0 || goal === undefined || !links[goal]) return;
    event.preventDefault();
    links[place].setAttribute("tabindex", "-1");
    links[goal].setAttribute("tabindex", "0");
    links[goal].focus();
  });
  // A drag that ends on a bar is no click on its link.
  svg.addEventListener("click", (event) => {
    if (dragged) {
      event.preventDefault();
      dragged = false;
    }
  });
}
