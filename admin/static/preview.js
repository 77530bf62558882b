// Shows the card while one types. Without JavaScript the button 「見てみる」 does the same.
const form = document.querySelector("form[data-preview]");
const shown = document.getElementById("preview");
let waiting = 0;
let asked = 0;

async function draw() {
  const mine = ++asked;
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
    if (answer.ok && mine === asked) {
      shown.innerHTML = await answer.text();
    }
  } catch {
    // the network is away: the old picture stays, saving will tell
  }
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(draw, 500);
});
