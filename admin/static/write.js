// Helps while an answer is being written: keeps the draft, offers ready-made replies after a slash.
// Without JavaScript there are a button and a list for both.

// A link to a folded part unfolds it.
const unfold = () => {
  const part = location.hash && document.getElementById(location.hash.slice(1));
  if (part instanceof HTMLDetailsElement) part.open = true;
};
addEventListener("hashchange", unfold);
unfold();

const form = document.querySelector("#answer");
const text = form?.querySelector("textarea");
const kept = document.querySelector("#kept");

if (text) {
  let last = text.value, timer = 0, savedAt = 0;

  const save = async () => {
    timer = 0;
    if (text.value === last) return;
    last = text.value;
    savedAt = Date.now();
    const said = new FormData();
    said.set("csrf_token", form.elements.csrf_token.value);
    said.set("words", text.value);
    said.set("form_key", form.elements.form_key.value); // sent meanwhile: no longer a draft
    const answer = await fetch(form.dataset.draft, {
      method: "POST", body: said, redirect: "manual", keepalive: true, headers: { "X-Requested-With": "write" },
    }).catch(() => null);
    kept.textContent = answer?.ok ? "下書きをとっておきました" : "下書きをとっておけませんでした。つながりを確かめてください";
  };
  text.addEventListener("input", () => {
    kept.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(save, savedAt ? Math.max(400, 3000 - (Date.now() - savedAt)) : 400);
  });
  addEventListener("pagehide", () => timer && save());
  form.addEventListener("submit", () => clearTimeout(timer));

  // ── a slash opens the list of ready-made replies ──

  const options = [...(form.querySelector("#reply")?.options ?? [])].filter((one) => one.dataset.words);
  const list = form.querySelector(".slash");
  let shown = [], chosen = 0;

  const query = () => /(?:^|[\s　])[/／]([^\s　/／]*)$/.exec(text.value.slice(0, text.selectionStart));
  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    text.removeAttribute("aria-activedescendant");
    shown = [];
  };
  const mark = () => {
    [...list.children].forEach((row, place) => row.setAttribute("aria-selected", String(place === chosen)));
    text.setAttribute("aria-activedescendant", `slash-${chosen}`);
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const open = () => {
    const found = query();
    if (!found || !options.length) return close();
    shown = options.filter((one) => (one.text + one.dataset.words).includes(found[1])).slice(0, 8);
    if (!shown.length) return close();
    chosen = 0;
    list.replaceChildren(...shown.map((one, place) => {
      const row = document.createElement("div"), name = document.createElement("strong"), words = document.createElement("span");
      row.id = `slash-${place}`;
      row.setAttribute("role", "option");
      name.textContent = one.text;
      words.textContent = one.dataset.words.slice(0, 60);
      row.append(name, words);
      row.addEventListener("pointerdown", (event) => { event.preventDefault(); pick(place); });
      return row;
    }));
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "定型文");
    list.hidden = false;
    mark();
  };
  const put = (words, from, to) => {
    text.setRangeText(words, from, to, "end");
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const pick = (place) => {
    const found = query(), words = shown[place].dataset.words, end = text.selectionStart;
    close();
    put(words, end - found[1].length - 1, end);
    close();
  };
  text.addEventListener("input", open);
  text.addEventListener("blur", close);
  text.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length;
      mark();
    } else if (event.key === "Enter" || event.key === "Tab") pick(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  form.querySelector("#insert")?.addEventListener("click", (event) => {
    const one = form.querySelector("#reply").selectedOptions[0];
    if (!one?.dataset.words) return;
    event.preventDefault();
    put((text.value.trim() ? "\n" : "") + one.dataset.words, text.value.length, text.value.length);
  });
}
