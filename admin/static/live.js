// Keeps open pages up to date. The server says what changed (server-sent events); the page fetches its changing parts
// anew. Where that is not possible it asks every few seconds what changed. Without JavaScript, reloading does the same.
//
//   <div data-live="address" data-on="12|list|state"> … <div data-part="talk"> … </div></div>
//
// The answer's parts replace the page's parts of the same name, wherever they stand.

const self = document.querySelector('script[src*="live.js"]');
const stream = self.dataset.stream;
const roots = [...document.querySelectorAll("[data-live]")];
const QUIET_KINDS = { state: ["danger", "opened", "case"], list: ["danger", "opened", "case", "said", "delivery", "left", "desk"] };
const plans = new Map();

function concerns(root, [number, why]) {
  const on = root.dataset.on;
  return QUIET_KINDS[on] ? QUIET_KINDS[on].includes(why) : String(number) === on;
}

function soon(root) {
  const plan = plans.get(root) ?? { last: 0, timer: 0 };
  plans.set(root, plan);
  if (plan.timer) return;
  const pause = root.dataset.on === "list" ? 1000 + Math.random() * 300 : 250;
  plan.timer = setTimeout(() => renew(root, plan), Math.max(30, plan.last + pause - Date.now()));
}

async function get(address) {
  const answer = await fetch(address, { redirect: "manual", headers: { "X-Requested-With": "live" } }).catch(() => null);
  if (answer?.type === "opaqueredirect") location.reload(); // the sign-in is over: nothing stays on the screen
  return answer?.ok ? answer : null;
}

async function renew(root, plan) {
  plan.last = Date.now();
  const answer = await get(root.dataset.live);
  plan.timer = 0;
  if (!answer) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const parts = [...fresh.querySelectorAll("[data-part]")];
  if (parts.length) for (const part of parts) replace(document.querySelector(`[data-part="${part.dataset.part}"]`), part);
  else replace(root.querySelector("[data-part]"), fresh.body);
}

const trim = (html) => html.replace(/name="csrf_token" value="[^"]*"/g, "").replace(/\s+/g, " ").trim();

function replace(old, fresh) {
  if (!old || trim(old.innerHTML) === trim(fresh.innerHTML)) return;
  const active = document.activeElement;
  const isWriting = old.contains(active) && /^(TEXTAREA|SELECT|INPUT)$/.test(active.tagName);
  if (isWriting || old.querySelector("details.confirm[open]")) return;
  const address = old.contains(active) ? active.getAttribute("href") ?? active.closest("form")?.getAttribute("action") : null;
  const talk = old.querySelector(".talk");
  const wasAtEnd = talk && talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
  const top = talk?.scrollTop;
  const before = talk?.dataset.newestOfResident;
  old.replaceChildren(...document.importNode(fresh, true).childNodes);
  const now = old.querySelector(".talk");
  if (now) {
    now.scrollTop = wasAtEnd ? now.scrollHeight : top;
    follow(now);
    if (before && Number(now.dataset.newestOfResident) > Number(before)) {
      tell("ご本人から新しいことばが届きました。");
      document.title = "● " + document.title.replace(/^● /, "");
      soft();
    }
  }
  if (address) old.querySelector(`[href="${address}"], form[action="${address}"] button`)?.focus();
}

// Whoever sees newer words appear has seen them: the form says so. But eyes that write are on what they write: a form
// that is begun keeps what it knew, tells of the newer words, and the server shows them before anything goes out.
function follow(talk) {
  for (const field of document.querySelectorAll("[data-follows]")) {
    const newest = field.dataset.follows === "staff" ? talk.dataset.newestOfStaff : talk.dataset.newestOfResident;
    const isBegun = [...field.form.querySelectorAll("textarea, select[required]")].some((one) => one.value.trim());
    if (!isBegun) field.value = newest;
    field.form.querySelector(".meanwhile").hidden = field.value === newest;
  }
}

function tell(words) {
  const place = document.querySelector("#told");
  place.textContent = "";
  setTimeout(() => (place.textContent = words), 50);
}

// ── sound and notification: asked politely, works without ──

const button = document.querySelector("#alerts");
let sound = null;
const isOn = () => localStorage.getItem("alerts") === "on";

function beep(tones) {
  if (!isOn()) return;
  sound ??= new AudioContext();
  if (sound.state === "suspended") sound.resume();
  tones.forEach(([hertz, at, long]) => {
    const tone = sound.createOscillator(), loud = sound.createGain(), start = sound.currentTime + at;
    tone.frequency.value = hertz;
    loud.gain.setValueAtTime(0.0001, start);
    loud.gain.exponentialRampToValueAtTime(0.25, start + 0.03);
    loud.gain.exponentialRampToValueAtTime(0.0001, start + long);
    tone.connect(loud).connect(sound.destination);
    tone.start(start);
    tone.stop(start + long);
  });
}
const soft = () => beep([[660, 0, 0.25], [880, 0.18, 0.35]]);
const alarm = () => beep([0, 0.5, 1].flatMap((at) => [[988, at, 0.22], [740, at + 0.22, 0.25]]));

function notify(words, number) {
  if (!isOn() || !("Notification" in window) || Notification.permission !== "granted" || !document.hidden) return;
  const shown = new Notification("ささえあい", { body: words, tag: `case-${number}`, requireInteraction: true });
  shown.onclick = () => {
    window.focus();
    location.href = `/admin/cases/${number}`;
  };
}

function ring([number, why]) {
  if (why === "danger") {
    tell("いそぎの相談が入りました。");
    alarm();
    notify("いそぎの相談が入りました。", number);
  } else if (why === "opened") {
    tell("新しい相談が入りました。");
    soft();
    notify("新しい相談が入りました。", number);
  }
}

if (button) {
  const show = () => {
    button.setAttribute("aria-pressed", String(isOn()));
    button.textContent = isOn() ? "音と通知：使っています" : "音と通知を使う";
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    localStorage.setItem("alerts", isOn() ? "off" : "on");
    show();
    soft();
    if (isOn() && "Notification" in window && Notification.permission === "default") await Notification.requestPermission();
  });
  show();
}
setInterval(() => document.querySelector("[data-alarms]") && alarm(), 20000); // until somebody has looked

// ── what changed: from the stream, or asked for ──

function hear(number, told) {
  self.dataset.after = Math.max(number, Number(self.dataset.after));
  for (const root of roots) if (told.some((one) => concerns(root, one))) soon(root);
  told.forEach(ring);
}

let page = sessionStorage.getItem("page");
if (!page) sessionStorage.setItem("page", (page = crypto.randomUUID?.() ?? String(Math.random()).slice(2)));

function listen() {
  const source = new EventSource(`${stream}?page=${page}&after=${self.dataset.after}`);
  source.onmessage = (event) => hear(Number(event.lastEventId), JSON.parse(event.data));
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return; // it comes back by itself
    setInterval(ask, 3000);
  };
  addEventListener("pagehide", () => source.close());
}

// Also from a page nobody looks at: that is when a notification is needed.
async function ask() {
  const answer = await get(`${stream}/since?after=${self.dataset.after}`);
  if (answer) {
    const { newest, told } = await answer.json();
    hear(newest, told);
  }
}

for (const talk of document.querySelectorAll(".talk")) talk.scrollTop = talk.scrollHeight;
if (stream && "EventSource" in window) listen();
else if (stream) setInterval(ask, 3000);
if (stream) setInterval(ask, 30000); // whatever a proxy kept from the stream
setInterval(() => !document.hidden && roots.forEach(soon), stream ? 30000 : 5000); // minutes go by
