// Keys for those who do not want to reach for the mouse.

const follow = (selector) => {
  const link = document.querySelector(selector);
  if (link) location.assign(link.href);
  return Boolean(link);
};

/** @param {{step: (by: number) => boolean, open: () => boolean, close: () => void} | null} pane */
export function startKeys(pane) {
  const query = document.getElementById("q");
  const actions = {
    "/": () => {
      if (!query) return follow('.sections a[href="/cases"]');
      query.focus();
      query.select();
      return true;
    },
    "?": () => follow('.sections a[href="/help"]'),
    j: () => (pane ? pane.step(1) : follow('.reader-bar [rel="next"]')),
    k: () => (pane ? pane.step(-1) : follow('.reader-bar [rel="prev"]')),
    "[": () => follow('.pager [rel="prev"]'),
    "]": () => follow('.pager [rel="next"]'),
    Escape: () => {
      const open = document.querySelector(".syntax[open]");
      if (open) open.open = false;
      else if (pane) pane.close();
      else return follow("[data-back]");
      return true;
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest("input, textarea, select, [contenteditable]");
    if (field) {
      if (event.key === "Escape") field.blur();
      return;
    }
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : null;
    if (action && action()) event.preventDefault();
  });
}
