// Keeps terms counting, and says when an answer that is being worked out is done.
const MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

/** The words of the server: "2 d 3 h 5 min", "overdue by 4 h 0 min". */
export function words(seconds) {
  const whole = Math.abs(Math.trunc(seconds));
  const days = Math.floor(whole / DAY), hours = Math.floor((whole % DAY) / HOUR);
  const parts = [];
  if (days) parts.push(`${days} d`);
  if (days || hours) parts.push(`${hours} h`);
  parts.push(`${Math.floor((whole % HOUR) / MINUTE)} min`);
  return (seconds < 0 ? "overdue by " : "") + parts.join(" ");
}

/** @param {NodeListOf<HTMLElement>} terms */
export function startCountdowns(terms) {
  if (!terms.length) return;
  // From the moment of the page on: the clock of this machine may be wrong.
  const begun = performance.now();
  const show = () => {
    const gone = (performance.now() - begun) / 1000;
    for (const term of terms) {
      const text = words(Number(term.dataset.left) - gone);
      if (term.textContent !== text) term.textContent = text;
    }
  };
  setInterval(show, 5000);
  document.addEventListener("visibilitychange", show);
}

/** @param {HTMLElement | null} notice */
export function startWork(notice) {
  if (!notice) return;
  const ask = async () => {
    try {
      const answer = await fetch("/incident.json", { headers: { accept: "application/json" } });
      const { incidents } = await answer.json();
      const mine = incidents.find((one) => one.ident === notice.dataset.work);
      if (mine && !mine.work.running) {
        notice.firstChild.textContent = "It is done. ";
        notice.querySelector("a").textContent = "Show it";
        return;
      }
    } catch {
      // Asked again later; the link works all the same.
    }
    setTimeout(ask, 3000);
  };
  setTimeout(ask, 2000);
}
