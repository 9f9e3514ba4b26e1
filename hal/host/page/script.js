/* The page of a virtual board: shows what it does, by its events, and lets a person play. */
"use strict";
const ROWS_MAX = 300;
const find = (id) => document.getElementById(id);
const spec = JSON.parse(find("data").textContent);
const show = (id, text) => { if (find(id).textContent !== text) find(id).textContent = text; };

function create(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

// ---- orders, one after another so that "up" never overtakes "down" ----
let queue = Promise.resolve();
function order(path, body) {
  queue = queue.then(() => fetch(path, { method: "POST", body: JSON.stringify(body),
    headers: { "content-type": "application/json" }, keepalive: true })).catch(() => {});
}

// ---- button ----
const press = find("press");
// The board takes anything shorter for chattering contacts; a touchpad's tap is.
const TAP_MS = 100;
let downAt = 0;
function move(down) {
  if (press.classList.contains("down") === down) return;
  press.classList.toggle("down", down);
  press.setAttribute("aria-pressed", String(down));
  const restMs = downAt + TAP_MS - performance.now();
  if (down) downAt = performance.now();
  else if (restMs > 0) queue = queue.then(() => new Promise((done) => setTimeout(done, restMs)));
  order("/button", { down });
}
press.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  press.setPointerCapture(event.pointerId);
  move(true);
});
for (const name of ["pointerup", "pointercancel", "blur"]) {
  press.addEventListener(name, () => move(false));
}
addEventListener("pagehide", () => move(false));
press.addEventListener("keydown", (event) => {
  if (event.key !== " " && event.key !== "Enter") return;
  event.preventDefault();
  move(true);
});
press.addEventListener("keyup", (event) => {
  if (event.key === " " || event.key === "Enter") move(false);
});

// ---- sensors ----
const sliders = new Map();
for (const { name, unit, decimals, least, most } of spec.sensors) {
  const id = `sensor-${name}`;
  const output = create("output", { htmlFor: id });
  const range = { min: least, max: most, step: 10 ** -decimals };
  const slider = create("input", { type: "range", id, ...range });
  const write = (value) => {
    output.textContent = `${value.toFixed(decimals)} ${unit}`;
    slider.setAttribute("aria-valuetext", output.textContent);
  };
  let isWaiting = false;
  slider.addEventListener("input", () => {
    write(slider.valueAsNumber);
    if (isWaiting) return;
    isWaiting = true;
    queue = queue.then(() => {
      isWaiting = false;
      order("/sensor", { name, value: slider.valueAsNumber });
    });
  });
  sliders.set(name, (value) => {
    if (document.activeElement === slider && slider.matches(":active")) return;
    slider.value = value;
    write(value);
  });
  find("sensors").append(create("div", { className: "sensor" },
    create("label", { htmlFor: id, textContent: name }), output, slider));
}

// ---- relays ----
const SVG = "http://www.w3.org/2000/svg";
const relays = new Map();
function drawRelay(name) {
  const x = 356, y = 42 + relays.size * 118;
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("class", "relay");
  group.setAttribute("role", "img");
  group.innerHTML = `<rect x="${x}" y="${y}" width="128" height="96" rx="8" fill="#2d6cb5"/>
    <rect x="${x + 8}" y="${y + 8}" width="112" height="80" rx="5" fill="#2a62a5"/>
    <circle class="eye" cx="${x + 22}" cy="${y + 24}" r="7"/>
    <g stroke="#dfe9f5" stroke-width="4" stroke-linecap="round" fill="none">
      <path d="M${x + 16} ${y + 54}h26M${x + 86} ${y + 54}h26"/>
      <path class="arm" style="transform-origin:${x + 42}px ${y + 54}px"
        d="M${x + 42} ${y + 54}h44"/></g>
    <text x="${x + 38}" y="${y + 28}"></text>`;
  find("relays").append(group);
  relays.set(name, group);
  return group;
}
function setRelay(name, on) {
  const group = relays.get(name) ?? drawRelay(name);
  const text = `${name} ${on ? "on" : "off"}`;
  group.classList.toggle("on", on);
  group.setAttribute("aria-label", text);
  if (group.lastElementChild.textContent !== text) group.lastElementChild.textContent = text;
}

// ---- state ----
function setLed(on) {
  find("led").classList.toggle("lit", on);
  find("led").setAttribute("aria-label", `LED ${on ? "on" : "off"}`);
}
function paint(state) {
  setLed(state.led.on);
  for (const [name, on] of Object.entries(state.relays)) setRelay(name, on);
  for (const [name, value] of Object.entries(state.sensors)) sliders.get(name)?.(value);
  const link = find("link");
  link.classList.toggle("online", state.online);
  show("link", state.online ? state.jid : why === "" ? "offline" : `offline: ${why}`);
  const { pattern } = state.led;
  show("pattern", spec.signs[pattern] ?? pattern);
  // No event tells that the LED has nothing more to say.
  if (pattern !== "off") again = setTimeout(refresh, 1000);
  show("trust", state.trust.join(", ") || "nobody yet");
  show("friends", state.friends.join(", ") || "none");
  const { entries, hits, misses } = state.cache;
  show("cache", `${entries} kept · ${hits} answered from memory · ${misses} asked for`);
  show("flash", `${state.flash.bytesWritten} bytes written · pages erased: ${state.flash.erases}`);
}
let why = "", timer = 0, again = 0;
function refresh() {
  clearTimeout(timer);
  clearTimeout(again);
  timer = setTimeout(async () => {
    try {
      paint(await (await fetch("/state")).json());
    } catch { /* The feed tells when the board has gone. */ }
  }, 60);
}

// ---- stanzas ----
const ENTITIES = { "&": "&amp;", "<": "&lt;", '"': "&quot;" };
function pretty(node, indent) {
  const attributes = [...node.attributes].map(({ name, value }) =>
    ` ${name}="${value.replace(/[&<"]/g, (one) => ENTITIES[one])}"`);
  const open = `${indent}<${node.nodeName}${attributes.join("")}`;
  if (node.childNodes.length === 0) return `${open}/>`;
  if (node.children.length === 0) return `${open}>${node.innerHTML}</${node.nodeName}>`;
  const inner = [...node.children].map((child) => pretty(child, indent + "  ")).join("\n");
  return `${open}>\n${inner}\n${indent}</${node.nodeName}>`;
}
function describe(xml, dir) {
  const root = new DOMParser().parseFromString(xml, "text/xml").documentElement;
  if (root.getElementsByTagName("parsererror").length > 0) return { summary: xml, text: xml };
  const names = [...root.children].map((child) => child.localName === "query"
    ? child.namespaceURI.replace(/^.*[:/]/, "") : child.localName);
  const other = root.getAttribute(dir === "in" ? "from" : "to");
  const words = [root.localName, root.getAttribute("type"), names.join(" + "), other];
  return { summary: words.filter(Boolean).join(" · "), text: pretty(root, "") };
}
const log = find("log");
let isPaused = false;
function row(kind, mark, summary, text) {
  if (isPaused) return;
  const line = [create("time", { textContent: new Date().toTimeString().slice(0, 8) }),
    create("b", { textContent: mark }), create("span", { textContent: summary, title: summary })];
  const item = create("li", { className: kind }, create("details", {},
    create("summary", {}, ...line), create("pre", { textContent: text })));
  log.prepend(item);
  while (log.children.length > ROWS_MAX) log.lastElementChild.remove();
}
find("pause").addEventListener("click", () => {
  isPaused = !isPaused;
  find("pause").setAttribute("aria-pressed", String(isPaused));
});
find("clear").addEventListener("click", () => log.replaceChildren());

// ---- what happens ----
function take(event) {
  if (event.type === "stanza") {
    const { summary, text } = describe(event.xml, event.dir);
    row(event.dir, event.dir === "in" ? "← in" : "→ out", summary, text);
    return;
  }
  if (event.type === "led") setLed(event.on);
  if (event.type === "relay") {
    setRelay(event.node, event.on);
    show("told", `${event.node} is ${event.on ? "on" : "off"}`);
  }
  if (event.type === "online") why = "";
  if (event.type === "offline") why = event.why;
  if (event.type === "trust") show("told", `The device trusts ${event.jid}`);
  if (event.type !== "led" && event.type !== "relay") {
    row("note", event.type, event.jid ?? event.why ?? "", JSON.stringify(event));
  }
  refresh();
}
const events = new EventSource("/events?after=0");
events.onopen = refresh;
events.onmessage = (message) => take(JSON.parse(message.data));
events.onerror = () => {
  find("link").classList.remove("online");
  show("link", "the board is not running");
};
refresh();
