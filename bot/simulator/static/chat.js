// The chat page: draws what LINE's state says, and does what a person does. Words go in as text, never as HTML.
const $ = (selector, inside = document) => inside.querySelector(selector);
const phones = new Map();
let chosen = null;

const post = (path, body = {}) =>
  fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }).then((r) => r.json());
const doAs = (id, deed, body) => post(`/_/residents/${id}/${deed}`, body);

function make(tag, className = "", text = "") {
  const node = document.createElement(tag);
  node.className = className;
  if (text) node.textContent = text;
  return node;
}

function sheet(title, ...inside) {
  const dialog = $("#sheet");
  $("h2", dialog).textContent = title;
  $(".inside", dialog).replaceChildren(...inside);
  dialog.showModal();
  return dialog;
}

// ── acting on a button as LINE does ──
function act(id, action) {
  if (action.type === "uri" && action.uri.startsWith("tel:")) {
    doAs(id, "act", { action });
    const number = decodeURIComponent(action.uri.slice(4));
    const call = make("a", "call", `${number} に電話する`);
    call.href = action.uri;
    sheet("電話をかけますか", call);
  } else if (action.type === "uri") {
    doAs(id, "act", { action });
    window.open(action.uri, "_blank", "noopener");
  } else if (action.type === "datetimepicker") {
    const input = make("input");
    input.type = action.mode === "datetime" ? "datetime-local" : action.mode;
    if (action.initial) input.value = action.initial;
    if (action.min) input.min = action.min;
    if (action.max) input.max = action.max;
    input.setAttribute("aria-label", action.label);
    const send = make("button", "", "決める");
    const dialog = sheet(action.label, input, send);
    send.onclick = (event) => {
      event.preventDefault();
      dialog.close();
      doAs(id, "act", { action, params: { [action.mode]: input.value } });
    };
  } else if (action.type === "location") {
    askPlace(id);
  } else {
    doAs(id, "act", { action });
  }
}

function askPlace(id) {
  const places = [["加古川駅のあたり", 34.7676, 134.8395], ["総合福祉会館", 34.768528, 134.836053], ["東加古川駅のあたり", 34.7553, 134.8708]];
  const dialog = sheet("どこの位置を送りますか", ...places.map(([name, latitude, longitude]) => {
    const button = make("button", "", name);
    button.onclick = () => doAs(id, "location", { latitude, longitude, address: `兵庫県加古川市 ${name}` });
    return button;
  }));
  const here = make("input");
  here.placeholder = "34.75, 134.84";
  here.setAttribute("aria-label", "緯度, 経度");
  const send = make("button", "", "この位置を送る");
  send.onclick = (event) => {
    const [latitude, longitude] = here.value.split(",").map(Number);
    if (Number.isFinite(latitude) && Number.isFinite(longitude)) doAs(id, "location", { latitude, longitude });
    else event.preventDefault();
  };
  $(".inside", dialog).append(here, send);
}

// ── drawing messages ──
function button(id, action, className) {
  const node = make("button", className, action.label || "");
  node.type = "button";
  node.onclick = () => act(id, action);
  return node;
}

function component(id, part) {
  if (part.type === "text") {
    const node = make("p", `words s-${part.size || "md"} m-${part.margin || "none"}`, part.text);
    node.classList.toggle("wrap", Boolean(part.wrap));
    node.classList.toggle("scaling", Boolean(part.scaling));
    node.classList.toggle("bold", part.weight === "bold");
    if (part.color) node.style.color = part.color;
    if (part.flex !== undefined) node.style.flex = `${part.flex} ${part.flex} 0`;
    return node;
  }
  if (part.type === "button") {
    const node = button(id, part.action, `tap ${part.style || "link"}`);
    node.classList.toggle("scaling", Boolean(part.scaling));
    if (part.style === "primary" && part.color) node.style.background = part.color;
    return node;
  }
  if (part.type === "separator") return make("hr");
  if (part.type === "box") {
    const node = make("div", `box ${part.layout} g-${part.spacing || "none"} m-${part.margin || "none"}`);
    if (part.backgroundColor) node.style.background = part.backgroundColor;
    node.append(...(part.contents || []).map((child) => component(id, child)));
    return node;
  }
  return make("span");
}

function bubbleCard(id, bubble) {
  const card = make("article", `card ${bubble.size || "mega"}`);
  for (const name of ["header", "body", "footer"]) {
    if (!bubble[name]) continue;
    const block = component(id, bubble[name]);
    block.classList.add(`block-${name}`);
    card.append(block);
  }
  return card;
}

function templateCard(id, part) {
  const card = make("article", "card");
  const body = make("div", "block-body");
  if (part.title) body.append(make("p", "words wrap bold", part.title));
  body.append(make("p", "words wrap", part.text));
  const foot = make("div", "block-footer");
  foot.append(...(part.actions || []).map((action) => button(id, action, "tap link")));
  card.append(body, foot);
  return card;
}

function content(id, message) {
  if (message.type === "flex") {
    const row = make("div", "cards");
    row.tabIndex = 0;
    const list = message.contents.type === "carousel" ? message.contents.contents : [message.contents];
    row.append(...list.map((bubble) => bubbleCard(id, bubble)));
    return row;
  }
  if (message.type === "template") {
    const row = make("div", "cards");
    row.append(...(message.template.columns || [message.template]).map((part) => templateCard(id, part)));
    return row;
  }
  if (message.type === "text") return make("div", "bubble", message.text);
  if (message.type === "sticker") {
    const face = make("div", "bubble face", "😊");
    face.setAttribute("aria-label", "スタンプ");
    return face;
  }
  const names = { image: "📷 写真", audio: "🎤 音声", video: "🎬 動画", file: "📄 ファイル", location: `📍 ${message.address || "位置情報"}` };
  return make("div", "bubble", names[message.type] || message.type);
}

function line(id, shown) {
  if (shown.is_unsent) {
    return make("li", "gone", "メッセージの送信を取り消しました");
  }
  const item = make("li", shown.by === "resident" ? "mine" : "theirs");
  const when = make("time", "", new Date(shown.at).toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit" }));
  item.append(content(id, shown.message), when);
  if (shown.by === "resident") {
    const undo = make("button", "undo", "取消");
    undo.setAttribute("aria-label", "送信を取り消す");
    undo.onclick = () => doAs(id, "unsend", { message_id: shown.message_id });
    item.append(undo);
  }
  return item;
}

function drawMenu(phone, resident) {
  const rich = $(".rich", phone.node);
  const menu = resident.menu;
  if (!menu || phone.menuId === menu.richMenuId) return;
  phone.menuId = menu.richMenuId;
  const image = make("img");
  image.src = `/_/rich-menu/${menu.richMenuId}`;
  image.alt = "";
  rich.replaceChildren(image);
  for (const area of menu.areas) {
    const tap = button(resident.user_id, area.action, "");
    tap.setAttribute("aria-label", area.action.label || "");
    tap.style.left = `${(area.bounds.x / menu.size.width) * 100}%`;
    tap.style.top = `${(area.bounds.y / menu.size.height) * 100}%`;
    tap.style.width = `${(area.bounds.width / menu.size.width) * 100}%`;
    tap.style.height = `${(area.bounds.height / menu.size.height) * 100}%`;
    rich.append(tap);
  }
  rich.hidden = false;
}

function draw(resident) {
  const phone = phones.get(resident.user_id) || open(resident);
  const { node } = phone;
  $(".block", node).textContent = resident.blocked ? "友だちにもどす" : "ブロック";
  $(".block", node).onclick = () => doAs(resident.user_id, resident.blocked ? "follow" : "block");
  drawMenu(phone, resident);
  const key = JSON.stringify([resident.shown.map((one) => [one.number, one.is_unsent]), resident.typing]);
  if (phone.key === key) return;
  phone.key = key;
  const talk = $(".talk", node);
  talk.replaceChildren(...resident.shown.map((shown) => line(resident.user_id, shown)));
  if (resident.typing) {
    const dots = make("li", "theirs");
    const bubble = make("div", "bubble typing");
    bubble.setAttribute("aria-label", "入力中");
    bubble.append(make("span"), make("span"), make("span"));
    dots.append(bubble);
    talk.append(dots);
  }
  const last = resident.shown.at(-1);
  const items = last && last.by === "bot" && last.message.quickReply ? last.message.quickReply.items : [];
  $(".quick", node).replaceChildren(...items.map((item) => button(resident.user_id, item.action, "")));
  const lock = $(".lock", node);
  lock.hidden = !(last && last.by === "bot");
  if (!lock.hidden) lock.textContent = `画面ロック中の通知：${last.message.altText || last.message.text || "メッセージ"}`.slice(0, 60);
  talk.scrollTop = talk.scrollHeight; // when all that takes room from it stands
}

function open(resident) {
  const id = resident.user_id;
  const node = $("#phone").content.cloneNode(true).firstElementChild;
  $(".name", node).textContent = `${resident.name} さんの画面`;
  const text = $("textarea", node);
  const send = () => {
    const words = text.value.trim();
    if (!words) return;
    text.value = "";
    doAs(id, "say", { text: words });
  };
  $(".write", node).onsubmit = (event) => { event.preventDefault(); send(); };
  text.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
  };
  $(".menu-toggle", node).onclick = (event) => {
    const rich = $(".rich", node);
    rich.hidden = !rich.hidden;
    event.currentTarget.setAttribute("aria-expanded", String(!rich.hidden));
  };
  $(".more", node).onclick = () => { $(".extras", node).hidden = !$(".extras", node).hidden; };
  for (const extra of node.querySelectorAll("[data-deed]")) {
    extra.onclick = () => (extra.dataset.deed === "location" ? askPlace(id) : doAs(id, extra.dataset.deed));
  }
  $("#phones").append(node);
  const tab = make("button", "", resident.name);
  tab.onclick = () => choose(id);
  $("#people").append(tab);
  const phone = { node, tab, key: "", menuId: "" };
  phones.set(id, phone);
  if (!chosen) choose(id);
  return phone;
}

function choose(id) {
  chosen = id;
  for (const [key, { node, tab }] of phones) {
    node.classList.toggle("chosen", key === id);
    tab.setAttribute("aria-pressed", String(key === id));
  }
}

const drawAll = (state) => state.residents.forEach(draw);
$("#size").onchange = (event) => document.documentElement.style.setProperty("--scale", event.target.value);
$("#add").onclick = () => {
  const name = make("input");
  name.setAttribute("aria-label", "名前");
  name.placeholder = "名前";
  const add = make("button", "", "友だちに追加して始める");
  add.onclick = () => post("/_/residents", { name: name.value || "住民" });
  sheet("住民を増やす", name, add);
};
const live = new EventSource("/_/changes");
live.onmessage = (event) => drawAll(JSON.parse(event.data));
setInterval(() => { if (live.readyState !== 1) fetch("/_/state").then((r) => r.json()).then(drawAll).catch(() => {}); }, 1500);
