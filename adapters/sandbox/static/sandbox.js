// The sandbox's page: fetches what the server draws, patches it in, and hands on what a person does.

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const paneOf = (platform) => document.getElementById(platform);
const speaker = () => find(".speaker :checked").value;
const NAMES = { discord: "Discord", telegram: "Telegram" };
const PLATFORMS = Object.keys(NAMES);

// ---- Patching: the page keeps its elements, so focus, half-written text and scroll position stay where they are ----

const kind = (node) =>
  node.nodeType === Node.ELEMENT_NODE
    ? [node.nodeName, node.id, node.dataset.button, node.classList[0]].join("|")
    : node.nodeName;

function counterpart(node, wanted) {
  if (wanted.nodeType !== Node.ELEMENT_NODE) return node && kind(node) === kind(wanted) ? node : null;
  while (node && kind(node) !== kind(wanted)) node = node.nextSibling;
  return node;
}

function patchAttributes(node, wanted) {
  const kept = new Set((node.dataset.keeps ?? "").split(" "));
  if (node.dataset.given && node.dataset.given === wanted.getAttribute("src")) kept.add("src").add("data-given");
  for (const { name } of [...node.attributes]) if (!kept.has(name) && !wanted.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of wanted.attributes)
    if (!kept.has(name) && node.getAttribute(name) !== value) node.setAttribute(name, value);
}

function patch(node, wanted) {
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (node.data !== wanted.data) node.data = wanted.data;
    return;
  }
  if (node.isEqualNode(wanted) || "keep" in node.dataset) return;
  patchAttributes(node, wanted);
  if (node.nodeName === "TEMPLATE") {
    node.innerHTML = wanted.innerHTML;
    return;
  }
  let at = node.firstChild;
  const drop = () => {
    const next = at.nextSibling;
    at.remove();
    at = next;
  };
  for (const child of [...wanted.childNodes]) {
    const match = counterpart(at, child);
    if (!match) {
      node.insertBefore(child, at);
      continue;
    }
    while (at !== match) drop();
    patch(match, child);
    at = match.nextSibling;
  }
  while (at) drop();
}

// ---- Talking to the sandbox ----

async function ask(path, options) {
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

const tell = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
const chatPath = (pane, chat = pane.dataset.chat) => `/api/chats/${pane.dataset.platform}/${encodeURIComponent(chat)}`;

function toast(text, { on = "", bad = false } = {}) {
  const note = Object.assign(document.createElement("p"), { className: "toast", textContent: text });
  note.classList.toggle("bad", bad);
  if (on) note.classList.add(`on-${on}`);
  find(".toasts").append(note);
  setTimeout(() => note.remove(), bad ? 8000 : 4500);
}

const sorry = (error, on) =>
  toast(error instanceof TypeError ? "The sandbox does not answer. Is it still running?" : error.message, { on, bad: true });

// ---- One half of the page ----

const views = Object.fromEntries(
  PLATFORMS.map((platform) => [platform, { stuck: true, fresh: 0, unread: new Set(), busy: false, again: null, form: null, opened: 0 }]),
);
const dismissed = new Set(JSON.parse(localStorage.getItem("dismissed") ?? "[]"));

const stream = (pane) => find(".stream", pane);
const toBottom = (pane) => (stream(pane).scrollTop = stream(pane).scrollHeight);
const isVisible = (pane) => pane.offsetParent !== null;

const BREATH_MS = 120;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Draw the half anew, at once or a breath after the drawing that is under way; many wishes meanwhile are one. */
async function refresh(platform, { chat, last } = {}) {
  const view = views[platform];
  if (view.busy) {
    view.again = { ...view.again, ...(chat && { chat }), ...(last && { last }) };
    return;
  }
  view.busy = true;
  const pane = paneOf(platform);
  const query = new URLSearchParams({ as: speaker(), chat: chat ?? pane.dataset.chat, last: last ?? pane.dataset.last });
  try {
    const response = await fetch(`/pane/${platform}?${query}`);
    const html = response.ok && (await response.text());
    // Whoever speaks now is drawn next; the one before would take the box away from under what is being typed.
    if (html && query.get("as") === speaker()) draw(platform, html);
  } catch {
    // The loop that follows the changes says that the sandbox is away, and draws everything when it is back.
  }
  if (view.again) await pause(BREATH_MS);
  view.busy = false;
  const next = view.again;
  view.again = null;
  if (next) await refresh(platform, next);
}

// What was half written stays with its chat and its speaker.
const drafts = new Map();
const placeOf = ({ dataset }) => [dataset.platform, dataset.chat, dataset.as].join(" ");

/** The box belongs to this chat and this speaker, from the choosing on and not only once they are drawn. */
function writeIn(pane, place) {
  const view = views[pane.dataset.platform];
  const before = view.place ?? placeOf(pane);
  view.place = place;
  if (place === before) return;
  const box = find(".box input", pane);
  drafts.set(before, box.value);
  box.value = drafts.get(place) ?? "";
}

function draw(platform, html) {
  const pane = paneOf(platform);
  const view = views[platform];
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  const wanted = parsed.content.firstElementChild;
  const sameChat = wanted.dataset.chat === pane.dataset.chat && wanted.dataset.as === pane.dataset.as;
  const older = wanted.dataset.last !== pane.dataset.last;
  const known = new Set(all(".message", pane).map((message) => message.id));
  const heightBefore = stream(pane).scrollHeight;
  const prompt = find(".box input", pane).dataset.form;
  writeIn(pane, placeOf(wanted));
  patch(pane, wanted);
  afterDrawing(pane);
  if (!sameChat) {
    hideOffers(pane);
    leaveForm(pane);
    arriveAt(pane);
  } else if (older) {
    stream(pane).scrollTop += stream(pane).scrollHeight - heightBefore;
  } else {
    welcome(pane, all(".message", pane).filter((message) => !known.has(message.id) && !message.hidden));
  }
  showForm(pane);
  const box = find(".box input", pane);
  const mayTakeFocus = document.activeElement === document.body || pane.contains(document.activeElement);
  if (sameChat && box.dataset.form && box.dataset.form !== prompt && mayTakeFocus) box.focus();
  view.unread.delete(pane.dataset.chat);
  markUnread(pane);
  remember();
}

function afterDrawing(pane) {
  for (const message of all(".message.whisper", pane)) message.hidden = dismissed.has(message.id);
  for (const image of all("img", pane)) standIn(image);
  find(".chats", pane).value = pane.dataset.chat;
  freshenTimes(pane);
}

function arriveAt(pane) {
  const view = views[pane.dataset.platform];
  view.fresh = 0;
  view.stuck = true;
  find(".pill", pane).hidden = true;
  toBottom(pane);
}

/** New messages scroll in only for someone who stands at the end; others are told that there are some. */
function welcome(pane, arrived) {
  const view = views[pane.dataset.platform];
  if (view.stuck || arrived.some((message) => message.matches(".mine"))) toBottom(pane);
  if (!arrived.length) return;
  for (const message of arrived) message.classList.add("fresh");
  const theirs = arrived.filter((message) => !message.matches(".mine"));
  find("#spoken").textContent = theirs
    .map((message) => `${message.dataset.author} on ${NAMES[pane.dataset.platform]}: ${message.dataset.says}`)
    .join(". ");
  if (!isVisible(pane)) countOnTab(pane.dataset.platform, theirs.length);
  if (!view.stuck && theirs.length) {
    view.fresh += theirs.length;
    const pill = find(".pill", pane);
    pill.textContent = view.fresh === 1 ? "↓ 1 new message" : `↓ ${view.fresh} new messages`;
    pill.hidden = false;
  }
}

function markUnread(pane) {
  for (const option of all(".chats option", pane)) {
    const label = option.dataset.label;
    option.textContent = views[pane.dataset.platform].unread.has(option.value) ? `● ${label}` : label;
  }
}

function countOnTab(platform, more) {
  const badge = find(`.tabs [data-tab="${platform}"] .count`);
  const count = more ? Number(badge.textContent || 0) + more : 0;
  badge.textContent = count || "";
  badge.hidden = count === 0;
}

/** The address of the page names what is on it, so that it can be kept or passed on. */
function remember() {
  const query = new URLSearchParams({ as: speaker() });
  for (const platform of PLATFORMS) query.set(platform, paneOf(platform).dataset.chat);
  history.replaceState(null, "", `?${query}${location.hash}`);
}

// ---- Times and pictures ----

const hour = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const whole = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "medium" });
const spoken = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
// The styles of Discord's time stamps, https://docs.discord.com/developers/reference#message-formatting-timestamp-styles
const FORMATS = {
  t: hour,
  T: new Intl.DateTimeFormat([], { timeStyle: "medium" }),
  d: new Intl.DateTimeFormat([], { dateStyle: "short" }),
  D: new Intl.DateTimeFormat([], { dateStyle: "long" }),
  F: new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "short" }),
};
const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]];

function since(at) {
  const seconds = at - Date.now() / 1000;
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  return step ? spoken.format(Math.trunc(seconds / step[1]), step[0]) : "now";
}

function freshenTimes(within = document) {
  for (const time of all("time[data-at]", within)) {
    const at = Number(time.dataset.at);
    const date = new Date(at * 1000);
    const age = Date.now() / 1000 - at;
    const text = age < 3600 ? since(at) : age < 86400 ? hour.format(date) : day.format(date);
    if (time.textContent !== text) time.textContent = text;
    time.title = whole.format(date);
  }
  for (const time of all("time[data-unix]", within)) {
    const at = Number(time.dataset.unix);
    const text = time.dataset.style === "R" ? since(at) : (FORMATS[time.dataset.style] ?? day).format(new Date(at * 1000));
    if (time.textContent !== text) time.textContent = text;
    time.title = whole.format(new Date(at * 1000));
  }
}

function standIn(image) {
  if (!image.complete || image.naturalWidth || image.dataset.given || !image.closest(".stream ol")) return;
  image.dataset.given = image.getAttribute("src");
  const seed = [...image.dataset.given].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);
  image.src = `/placeholder/${seed}.png`;
}

document.addEventListener("error", (event) => event.target instanceof HTMLImageElement && standIn(event.target), true);
document.addEventListener(
  "load",
  (event) => {
    const pane = event.target instanceof HTMLImageElement && event.target.closest(".pane");
    if (pane && views[pane.dataset.platform].stuck) toBottom(pane);
  },
  true,
);

// ---- What a person does ----

function follow(pane, seen, opened) {
  const platform = pane.dataset.platform;
  if (seen.toast) toast(seen.toast, { on: platform });
  if (seen.url && /^https?:/.test(seen.url)) window.open(seen.url, "_blank", "noopener,noreferrer");
  // Asked for again: show it although it was closed before, unless it was opened, and maybe closed, since the asking.
  if (seen.form && views[platform].opened === opened) views[platform].form = null;
  return refresh(platform, seen.chat ? { chat: seen.chat } : {});
}

async function say(pane, text) {
  const box = find(".box input", pane);
  const { form, field } = box.dataset;
  box.value = "";
  hideOffers(pane);
  find(".say", pane).classList.add("sending");
  const path = chatPath(pane);
  const asReply = form && !text.startsWith("/");
  const { opened } = views[pane.dataset.platform];
  try {
    const seen = asReply
      ? await tell(`${path}/fill`, { as: speaker(), form, fields: { [field]: text } })
      : await tell(`${path}/say`, { as: speaker(), text });
    await follow(pane, seen, opened);
  } catch (error) {
    sorry(error, pane.dataset.platform);
    if (!box.value) box.value = text;
  }
  find(".say", pane).classList.remove("sending");
}

async function press(pane, button) {
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const message = button.closest("[data-message]").dataset.message;
  const { opened } = views[pane.dataset.platform];
  try {
    const seen = await tell(`${chatPath(pane)}/press`, { as: pane.dataset.as, message, button: button.dataset.button });
    button.removeAttribute("aria-busy");
    await follow(pane, seen, opened);
  } catch (error) {
    button.removeAttribute("aria-busy");
    sorry(error, pane.dataset.platform);
  }
}

/** A link to the bot with a start word opens the private chat and says it there, as the real client does. */
async function start(pane, word) {
  const home = find('.chats option[data-kind="private"]', pane);
  if (!home) return;
  try {
    await tell(`${chatPath(pane, home.value)}/say`, { as: pane.dataset.as, text: `/start ${word}` });
    await refresh(pane.dataset.platform, { chat: home.value });
  } catch (error) {
    sorry(error, pane.dataset.platform);
  }
}

function dismiss(message) {
  dismissed.add(message.id);
  localStorage.setItem("dismissed", JSON.stringify([...dismissed].slice(-500)));
  message.hidden = true;
  find(".box input", message.closest(".pane")).focus();
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("button, a[data-start]");
  const pane = target?.closest(".pane");
  if (target?.dataset.tab) chooseTab(target.dataset.tab);
  else if (target?.dataset.opens) openPanel(target.dataset.opens);
  else if (target && "closes" in target.dataset) target.closest("dialog").close();
  if (!pane) return;
  if (target.dataset.button) press(pane, target);
  else if ("dismiss" in target.dataset) dismiss(target.closest(".message"));
  else if ("earlier" in target.dataset) refresh(pane.dataset.platform, { last: Number(pane.dataset.last) * 2 });
  else if (target.matches(".pill")) arriveAt(pane);
  else if (target.dataset.start) {
    event.preventDefault();
    start(pane, target.dataset.start);
  }
});

document.addEventListener("submit", (event) => {
  const pane = event.target.closest(".pane");
  if (!pane) return;
  event.preventDefault();
  const text = find(".box input", pane).value.trim();
  if (text) say(pane, text);
});

document.addEventListener("change", (event) => {
  if (event.target.matches(".chats")) refresh(event.target.closest(".pane").dataset.platform, { chat: event.target.value });
  if (!event.target.matches(".speaker input")) return;
  for (const platform of PLATFORMS) {
    const pane = paneOf(platform);
    writeIn(pane, [platform, pane.dataset.chat, speaker()].join(" "));
    refresh(platform);
  }
});

function chooseTab(platform) {
  document.body.dataset.tab = platform;
  for (const tab of all(".tabs button")) tab.setAttribute("aria-pressed", String(tab.dataset.tab === platform));
  countOnTab(platform, 0);
  if (views[platform].stuck) toBottom(paneOf(platform));
}

for (const platform of PLATFORMS) {
  const pane = paneOf(platform);
  stream(pane).addEventListener("scroll", () => {
    if (!isVisible(pane)) return;
    const { scrollTop, scrollHeight, clientHeight } = stream(pane);
    views[platform].stuck = scrollHeight - scrollTop - clientHeight < 48;
    if (views[platform].stuck) {
      views[platform].fresh = 0;
      find(".pill", pane).hidden = true;
    }
  });
}

// ---- Suggestions while typing ----

let typing = 0;

async function offer(pane) {
  const box = find(".box input", pane);
  const turn = ++typing;
  await pause(70);
  if (turn !== typing) return;
  const text = box.value;
  if (!/^[/@]/.test(text)) return hideOffers(pane);
  const query = new URLSearchParams({ as: pane.dataset.as, typing: text });
  try {
    const { suggestions } = await ask(`${chatPath(pane)}?${query}`);
    if (turn === typing && document.activeElement === box) showOffers(pane, suggestions, text);
  } catch {
    hideOffers(pane);
  }
}

function showOffers(pane, suggestions, text) {
  const list = find(".offers", pane);
  list.replaceChildren(
    ...suggestions.map(({ text: whole, label }, index) => {
      const item = Object.assign(document.createElement("li"), { id: `${list.id}-${index}` });
      item.setAttribute("role", "option");
      item.dataset.text = whole;
      const name = Object.assign(document.createElement("b"), { textContent: whole.trim() });
      item.append(name, Object.assign(document.createElement("span"), { textContent: label.replace(name.textContent, "").replace(/^ · /, "") }));
      return item;
    }),
  );
  list.hidden = suggestions.length === 0;
  find(".box input", pane).setAttribute("aria-expanded", String(!list.hidden));
  const isNamed = text.includes(" ") || suggestions.some((suggestion) => suggestion.text.trim() === text);
  highlight(pane, isNamed ? -1 : 0);
}

function hideOffers(pane) {
  typing++;
  find(".offers", pane).hidden = true;
  const box = find(".box input", pane);
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function highlight(pane, index) {
  const items = all(".offers li", pane);
  items.forEach((item, each) => item.setAttribute("aria-selected", String(each === index)));
  const box = find(".box input", pane);
  if (!items[index]) return box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-activedescendant", items[index].id);
  items[index].scrollIntoView({ block: "nearest" });
}

function accept(pane, item) {
  const box = find(".box input", pane);
  box.value = item.dataset.text.includes(" ") ? item.dataset.text : `${item.dataset.text} `;
  hideOffers(pane);
  box.focus();
  offer(pane);
}

document.addEventListener("input", (event) => event.target.matches(".box input") && offer(event.target.closest(".pane")));
document.addEventListener("focusin", (event) => {
  if (event.target.matches(".box input") && event.target.value) offer(event.target.closest(".pane"));
});
document.addEventListener("focusout", (event) => event.target.matches(".box input") && hideOffers(event.target.closest(".pane")));
document.addEventListener("mousedown", (event) => {
  const item = event.target.closest(".offers li");
  if (!item) return;
  event.preventDefault();
  accept(item.closest(".pane"), item);
});
document.addEventListener("keydown", (event) => {
  if (!event.target.matches(".box input") || event.isComposing) return;
  const pane = event.target.closest(".pane");
  const items = all(".offers li", pane);
  if (find(".offers", pane).hidden || !items.length) return;
  const index = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const turn = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (turn) highlight(pane, (Math.max(index, turn > 0 ? -1 : 0) + turn + items.length) % items.length);
  else if (event.key === "Tab" && !event.shiftKey) accept(pane, items[Math.max(index, 0)]);
  else if (event.key === "Enter" && index >= 0) accept(pane, items[index]);
  else if (event.key === "Escape") hideOffers(pane);
  else return;
  event.preventDefault();
});

// ---- The modal of Discord ----

const modal = find("#form");

/** A form that was opened before one came here stays closed: a client that was away does not open it again. */
function leaveForm(pane) {
  const drawn = find("template.form", pane);
  if (drawn) views[pane.dataset.platform].form = drawn.dataset.form;
}

function showForm(pane) {
  const platform = pane.dataset.platform;
  if (platform !== "discord") return;
  const drawn = find("template.form", pane);
  if (modal.open) {
    if (modal.dataset.form !== drawn?.dataset.form) modal.close();
    return;
  }
  if (!drawn || drawn.dataset.form === views[platform].form) return;
  modal.dataset.form = drawn.dataset.form;
  find("h2", modal).textContent = drawn.dataset.title;
  find(".fields", modal).replaceChildren(drawn.content.cloneNode(true));
  find(".trouble", modal).hidden = true;
  views[platform].opened += 1;
  modal.showModal();
}

function valueOf(field) {
  const inputs = all("input, textarea", field).concat(field.matches("input, textarea") ? [field] : []);
  const chosen = inputs.filter((input) => input.checked).map((input) => input.value);
  switch (field.dataset.kind) {
    case "flag":
      return inputs[0].checked;
    case "choice":
      return chosen[0] ?? null;
    case "choices":
      return chosen;
    default:
      return inputs[0].value;
  }
}

modal.addEventListener("close", () => (views.discord.form = modal.dataset.form));
find("form", modal).addEventListener("submit", async (event) => {
  event.preventDefault();
  const pane = paneOf("discord");
  const form = modal.dataset.form;
  const fields = Object.fromEntries(all("[data-field]", modal).map((field) => [field.dataset.field, valueOf(field)]));
  const submit = find(".go", modal);
  submit.disabled = true;
  try {
    const seen = await tell(`${chatPath(pane)}/fill`, { as: pane.dataset.as, form, fields });
    modal.close();
    await follow(pane, seen, views.discord.opened);
  } catch (error) {
    const trouble = find(".trouble", modal);
    trouble.textContent = error.message;
    trouble.hidden = false;
  }
  submit.disabled = false;
});

// ---- Ledger and faults ----

const ROWS_KEPT = 1000;
let read = null;

function openPanel(name) {
  const panel = document.getElementById(name);
  history.replaceState(null, "", `${location.pathname}${location.search}#${name}`);
  if (!panel.open) panel.showModal();
  follower[name]();
}

function describe({ kind, call, status, ms, nonce, author, title, text, to, chat, message, n, at, platform, ...rest }) {
  if (kind === "call") return `${call} → ${status}${ms === undefined ? "" : ` · ${Number(ms).toFixed(1)} ms`}${nonce ? ` · nonce ${nonce}` : ""}`;
  const where = document.querySelector(`.chats option[value="${CSS.escape(chat ?? "")}"]`)?.dataset.title ?? chat;
  if (kind === "shown" || kind === "edited") return `${where}${to ? ` (only ${to})` : ""} · ${author ? `${author}: ` : ""}${title || text || "no words"}`.slice(0, 220);
  if (kind === "withdrawn") return `${where} · message ${message}`;
  const facts = Object.entries({ ...rest, where, text }).filter(([, fact]) => fact !== undefined && fact !== null);
  return facts.map(([name, fact]) => (typeof fact === "string" ? fact : `${name} ${JSON.stringify(fact)}`)).join(" · ").slice(0, 260);
}

function row(entry) {
  const line = document.createElement("tr");
  const chosen = find("#ledger-kind").value;
  line.dataset.kind = entry.kind;
  line.hidden = chosen !== "" && chosen !== entry.kind;
  const cells = [entry.n, hour.format(new Date(entry.at * 1000)), NAMES[entry.platform] ?? entry.platform, entry.kind, describe(entry)];
  line.append(...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  line.cells[1].title = whole.format(new Date(entry.at * 1000));
  line.cells[3].innerHTML = `<span class="kind"></span>`;
  line.cells[3].firstChild.classList.add(`kind-${entry.kind}`);
  line.cells[3].firstChild.textContent = entry.kind;
  if (entry.status >= 400) line.cells[4].className = "refused";
  return line;
}

async function readLedger() {
  if (read === null) read = Math.max(0, (await ask("/healthz")).entries - 300);
  const entries = await ask(`/api/ledger?since=${read}`);
  if (!entries.length) return;
  read = entries.at(-1).n;
  const table = find("#ledger tbody");
  table.prepend(...entries.slice(-ROWS_KEPT).map(row).reverse());
  while (table.rows.length > ROWS_KEPT) table.lastChild.remove();
}

find("#ledger-kind").addEventListener("change", ({ target }) => {
  for (const line of all("#ledger tbody tr")) line.hidden = target.value !== "" && target.value !== line.dataset.kind;
});

const words = (kind) => kind.replaceAll("_", " ");

function faultButton(platform, kind, sentence, isOn) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "fault" });
  Object.assign(button.dataset, { platform, kind, button: `${platform}-${kind}` });
  button.setAttribute("aria-pressed", String(isOn));
  button.append(Object.assign(document.createElement("b"), { textContent: words(kind) }));
  button.append(Object.assign(document.createElement("span"), { textContent: sentence }));
  return button;
}

function orderedLine({ platform, kind, left_s: left, share }) {
  const line = document.createElement("li");
  line.append(Object.assign(document.createElement("b"), { textContent: `${NAMES[platform]}: ${words(kind)}` }));
  const rest = `${Math.ceil(left)} s more${share < 1 ? `, ${Math.round(share * 100)} % of the calls` : ""}`;
  line.append(Object.assign(document.createElement("span"), { textContent: rest }));
  const off = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "Switch off" });
  Object.assign(off.dataset, { platform, kind, button: `off-${platform}-${kind}` });
  line.append(off);
  return line;
}

function changeButton(platform, change, sentence) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "fault" });
  Object.assign(button.dataset, { platform, change, button: `${platform}-bot-${change}` });
  button.append(Object.assign(document.createElement("b"), { textContent: words(change) }));
  button.append(Object.assign(document.createElement("span"), { textContent: sentence }));
  return button;
}

/** What people can do about the bot in the chat that is open on that side. */
async function changesOf(platform) {
  const pane = paneOf(platform);
  const sentences = await ask(`${chatPath(pane)}/bot`);
  const title = find(".chats", pane).selectedOptions[0]?.dataset.label ?? "this chat";
  const list = document.createElement("ul");
  for (const [change, sentence] of Object.entries(sentences)) {
    const item = document.createElement("li");
    item.append(changeButton(platform, change, sentence));
    list.append(item);
  }
  return [Object.assign(document.createElement("h3"), { textContent: `The bot in ${title}` }), list];
}

async function readFaults() {
  const { kinds, ordered } = await ask("/api/faults");
  const isOn = (platform, kind) => ordered.some((fault) => fault.platform === platform && fault.kind === kind);
  const list = Object.assign(document.createElement("ul"), { className: "ordered" });
  list.append(...ordered.map(orderedLine));
  const columns = Object.assign(document.createElement("div"), { className: "kinds" });
  for (const [platform, sentences] of Object.entries(kinds)) {
    const column = document.createElement("section");
    const buttons = document.createElement("ul");
    for (const [kind, sentence] of Object.entries(sentences)) {
      const item = document.createElement("li");
      item.append(faultButton(platform, kind, sentence, isOn(platform, kind)));
      buttons.append(item);
    }
    column.append(Object.assign(document.createElement("h3"), { textContent: NAMES[platform] }), buttons);
    column.append(...(await changesOf(platform)));
    columns.append(column);
  }
  patch(find("#faults .ordered"), list);
  patch(find("#faults .kinds"), columns);
}

find("#faults").addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-change]");
  if (!button) return;
  const { platform, change } = button.dataset;
  try {
    await tell(`${chatPath(paneOf(platform))}/bot`, { as: speaker(), change });
    toast(find("span", button).textContent, { on: platform });
    await refresh(platform);
  } catch (error) {
    sorry(error, platform);
  }
});

find("#faults").addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-kind]");
  if (!button) return;
  const { platform, kind } = button.dataset;
  const isOn = !button.matches(".fault") || button.getAttribute("aria-pressed") === "true";
  try {
    if (isOn) await ask(`/api/faults?${new URLSearchParams({ platform, kind })}`, { method: "DELETE" });
    else await tell("/api/faults", { platform, kind, for_s: Number(find("#fault-for").value), share: Number(find("#fault-share").value) });
    await readFaults();
  } catch (error) {
    sorry(error);
  }
});

const follower = {
  ledger: () => readLedger().catch((error) => sorry(error)),
  faults: () => readFaults().catch((error) => sorry(error)),
};
for (const panel of all("dialog.panel")) {
  panel.addEventListener("click", (event) => event.target === panel && panel.close());
  panel.addEventListener("close", () => history.replaceState(null, "", location.pathname + location.search));
}
setInterval(() => {
  for (const panel of all("dialog.panel[open]")) follower[panel.id]();
}, 1000);

// ---- Following what happens ----

function showFacts({ messages, faults }) {
  find('[data-fact="messages"]').textContent = messages.toLocaleString("en");
  const count = find('[data-fact="faults"]');
  count.textContent = faults;
  count.hidden = faults === 0;
}

function spread({ everything, chats, bots }) {
  for (const platform of PLATFORMS) {
    const pane = paneOf(platform);
    const changed = chats.filter((each) => each.platform === platform).map((each) => each.chat);
    for (const chat of changed) if (chat !== pane.dataset.chat) views[platform].unread.add(chat);
    const isOn = find(".bot", pane).matches(".on");
    if (everything) views[platform].unread.clear();
    if (everything || changed.includes(pane.dataset.chat) || isOn !== bots[platform]) refresh(platform);
    else if (changed.length) markUnread(pane);
  }
}

async function followChanges() {
  let now = Number(document.body.dataset.now);
  let isAway = false;
  for (;;) {
    try {
      const news = await ask(`/api/changes?since=${now}&wait=25`);
      if (isAway) toast("The sandbox is back.");
      isAway = false;
      now = news.now;
      showFacts(news);
      spread(news);
    } catch {
      if (!isAway) toast("The sandbox does not answer. This page goes on when it is back.", { bad: true });
      isAway = true;
      await pause(1000);
    }
  }
}

for (const platform of PLATFORMS) {
  const pane = paneOf(platform);
  afterDrawing(pane);
  arriveAt(pane);
  leaveForm(pane);
}
remember();
setInterval(freshenTimes, 5000);
if (follower[location.hash.slice(1)]) openPanel(location.hash.slice(1));
followChanges();
