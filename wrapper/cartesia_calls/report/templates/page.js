"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  document.documentElement.classList.add("scripted");

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    const done = () => {
      button.textContent = "copied";
      setTimeout(() => { button.textContent = "copy"; }, 1500);
    };
    const id = button.previousElementSibling;
    const select = () => getSelection().selectAllChildren(id);
    navigator.clipboard ? navigator.clipboard.writeText(id.textContent).then(done, select) : select();
  });

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open])");
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
  });

  // The filter.
  const form = one(".filter");
  const entries = all(".timeline > li");
  const texts = new Map();
  const kindOf = ({ classList: is }) => ["tool", "log"].find((kind) => is.contains(kind))
    ?? (is.contains("event") || is.contains("metric") ? "note" : "turn");
  const textOf = (entry) => {
    if (!texts.has(entry)) texts.set(entry, entry.textContent.toLowerCase());
    return texts.get(entry);
  };
  const filter = () => {
    const kinds = new Set(all("[name=kind]:checked", form).map((box) => box.value));
    const level = Number(form.elements.level.value);
    const text = form.elements.text.value.trim().toLowerCase();
    let shown = 0;
    for (const entry of entries) {
      const kind = kindOf(entry);
      const fits = kinds.has(kind) && (kind !== "log" || Number(entry.dataset.level) >= level)
        && (!text || textOf(entry).includes(text));
      entry.hidden = !fits;
      shown += fits;
    }
    one(".filter output").textContent = `${shown} of ${entries.length} entries`;
  };
  const showTarget = () => {
    const entry = document.getElementById(location.hash.slice(1));
    if (!entry || !form) return;
    if (entry.hidden) {
      form.reset();
      filter();
    }
    entry.scrollIntoView({ block: "start" });
  };
  if (form) {
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", showTarget);
    filter();
  }

  // The picture.
  const picture = one(".picture");
  if (picture) {
    const svg = one(".picture svg");
    const links = all(".picture a");
    let zoom = 1;
    const zoomBy = (factor) => {
      const middle = (picture.scrollLeft + picture.clientWidth / 2) / svg.clientWidth;
      zoom = factor ? Math.min(Math.max(zoom * factor, 1), 64) : 1;
      svg.style.width = `${zoom * 100}%`;
      picture.classList.toggle("zoomed", zoom >= 4);
      picture.scrollLeft = middle * svg.clientWidth - picture.clientWidth / 2;
    };
    for (const button of all("[data-zoom]")) {
      button.addEventListener("click", () => zoomBy(Number(button.dataset.zoom)));
    }
    picture.addEventListener("keydown", (event) => {
      const at = links.indexOf(document.activeElement);
      const moves = { ArrowRight: at + 1, ArrowLeft: at < 0 ? 0 : at - 1, Home: 0, End: links.length - 1 };
      const zooms = { "+": 2, "=": 2, "-": 0.5, 0: 0 };
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key in moves) links[Math.min(Math.max(moves[event.key], 0), links.length - 1)]?.focus();
      else if (event.key in zooms) zoomBy(zooms[event.key]);
      else return;
      event.preventDefault();
    });
  }

  // The recording.
  const audio = one("audio");
  if (audio) {
    const head = one(".playhead");
    one(".timeline").addEventListener("click", (event) => {
      const turn = event.target.closest("[data-at]");
      if (!turn || event.target.closest("a") || String(getSelection())) return;
      audio.currentTime = Number(turn.dataset.at);
      audio.play();
    });
    audio.addEventListener("timeupdate", () => {
      if (!head) return;
      const at = `${100 * Math.min(audio.currentTime / Number(one("[data-end]").dataset.end), 1)}%`;
      head.setAttribute("x1", at);
      head.setAttribute("x2", at);
      head.setAttribute("visibility", "visible");
    });
  }
})();
