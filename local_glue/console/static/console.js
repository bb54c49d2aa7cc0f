// Keeps pages current: fetches the page again and puts its live parts in place of those shown, where they differ.
// Without this script every page works; it then shows how things stood when it was loaded.
"use strict";

const PAUSE_MS = 1500, SLOW_MS = 6000;
const shown = new Map();  // by id, what each live part was made of

function liveParts(page) {
  return [...page.querySelectorAll("[data-live]")];
}

function atEnd(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight < 24;
}

function showEnd(page) {
  for (const box of page.querySelectorAll("[data-end]")) box.scrollTop = box.scrollHeight;
}

function replace(old, fresh) {
  const log = old.querySelector("[data-end]");
  const place = log && !atEnd(log) ? log.scrollTop : null;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const open = new Set([...old.querySelectorAll("details[open]")].map(one => one.textContent));
  const scrolled = [...old.querySelectorAll(".scroll")].map(one => one.scrollLeft);
  old.replaceWith(fresh);
  for (const one of fresh.querySelectorAll("details")) if (open.has(one.textContent)) one.open = true;
  fresh.querySelectorAll(".scroll").forEach((one, at) => { one.scrollLeft = scrolled[at] || 0; });
  showEnd(fresh);
  if (place !== null) fresh.querySelector("[data-end]")?.scrollTo(0, place);
  if (focused) document.getElementById(focused)?.focus({preventScroll: true});
}

function selects(part) {
  const selection = document.getSelection();
  return selection && !selection.isCollapsed && part.contains(selection.anchorNode);
}

async function refresh() {
  const answer = await fetch(location.href, {headers: {"X-Live": "1"}});
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of liveParts(document)) {
    const fresh = page.getElementById(old.id);
    if (!fresh || selects(old) || fresh.outerHTML === shown.get(old.id)) continue;
    shown.set(old.id, fresh.outerHTML);
    replace(old, document.importNode(fresh, true));
  }
  document.title = page.title;
}

function isLive() {
  return liveParts(document).some(part => part.dataset.live !== "off");
}

async function follow() {
  let pause = PAUSE_MS;
  if (!document.hidden) {
    try {
      await refresh();
      document.body.classList.remove("lost");
    } catch {
      document.body.classList.add("lost");
      pause = SLOW_MS;
    }
  }
  if (isLive()) setTimeout(follow, pause);
}

for (const box of document.querySelectorAll("[data-submit]")) {
  box.addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) box.form.requestSubmit();
  });
}
showEnd(document);
if (isLive()) setTimeout(follow, PAUSE_MS);
