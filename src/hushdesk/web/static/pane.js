// The reader beside the list, where there is room for it.
const ROOM = "(min-width: 80rem)";

/**
 * @param {HTMLElement} rows
 * @param {HTMLElement} pane
 */
export function startPane(rows, pane) {
  const room = matchMedia(ROOM);
  const items = [...rows.children];
  let current = -1;
  let loading = null;

  const link = (index) => items[index].querySelector("[data-open]");

  const fit = () => {
    pane.hidden = !room.matches;
    document.body.classList.toggle("has-pane", room.matches);
  };
  const say = (text) => {
    const line = document.createElement("p");
    line.className = "pane-empty";
    line.textContent = text;
    pane.replaceChildren(line);
  };
  const mark = (index) => {
    items[current]?.classList.remove("chosen-row");
    items[current]?.querySelector("[data-open]").removeAttribute("aria-current");
    current = index;
    items[index].classList.add("chosen-row");
    link(index).setAttribute("aria-current", "true");
  };

  async function load(index) {
    loading?.abort();
    const mine = (loading = new AbortController());
    const href = link(index).href;
    try {
      const answer = await fetch(href, { signal: mine.signal, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("article.case");
      if (!answer.ok || !found) {
        location.assign(href);
        return;
      }
      const bar = document.createElement("p");
      bar.className = "pane-bar small";
      const open = document.createElement("a");
      open.href = href;
      open.textContent = "Open on its own page";
      bar.append(open);
      // One first-level heading a page: the list keeps it.
      const title = found.querySelector("h1");
      if (title) {
        const lower = page.createElement("h2");
        lower.className = title.className;
        lower.dir = title.dir;
        lower.append(...title.childNodes);
        title.replaceWith(lower);
      }
      pane.replaceChildren(bar, document.adoptNode(found));
      pane.scrollTop = 0;
    } catch (error) {
      if (error.name !== "AbortError") say("This case could not be fetched. Try again, or open it on its own page.");
    }
  }

  function choose(index, { focus = false } = {}) {
    if (index < 0 || index >= items.length) return false;
    mark(index);
    items[index].scrollIntoView({ block: "nearest" });
    if (focus) link(index).focus({ preventScroll: true });
    if (room.matches) load(index);
    return true;
  }

  rows.addEventListener("click", (event) => {
    const anchor = event.target.closest("[data-open]");
    if (!anchor || !room.matches || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    choose(items.indexOf(anchor.closest("li")));
    if (event.detail === 0) pane.focus({ preventScroll: true });
  });

  room.addEventListener("change", fit);
  fit();
  say("Choose a case to read it here.  j and k go through the list.");

  return {
    step: (by) => choose(current < 0 ? (by > 0 ? 0 : items.length - 1) : current + by, { focus: true }),
    open: () => {
      if (current < 0) return false;
      location.assign(link(current).href);
      return true;
    },
    close: () => {
      if (current < 0) return;
      loading?.abort();
      items[current].classList.remove("chosen-row");
      link(current).removeAttribute("aria-current");
      link(current).focus();
      current = -1;
      say("Choose a case to read it here.  j and k go through the list.");
    },
  };
}
