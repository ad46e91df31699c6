// The theme button: system, light, dark in turn.
const NAMES = { "": "system", light: "light", dark: "dark" };
const NEXT = { "": "light", light: "dark", dark: "" };

/** @param {HTMLButtonElement | null} button */
export function startTheme(button) {
  if (!button) return;
  const root = document.documentElement;
  const show = () => {
    button.querySelector("[data-name]").textContent = NAMES[root.dataset.theme ?? ""];
  };
  button.addEventListener("click", () => {
    const theme = NEXT[root.dataset.theme ?? ""];
    try {
      if (theme) localStorage.setItem("theme", theme);
      else localStorage.removeItem("theme");
    } catch {
      // Not kept, but used on this page.
    }
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    show();
  });
  show();
  button.hidden = false;
}
