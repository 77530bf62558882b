// Renews a page's changing part every three seconds. Without JavaScript, reloading does the same.
const part = document.querySelector("#now");
const isBusy = () => part.contains(document.activeElement);
setInterval(async () => {
  if (document.hidden || isBusy()) return;
  const answer = await fetch(part.dataset.from, { redirect: "manual" }).catch(() => null);
  if (answer && answer.ok) part.innerHTML = await answer.text();
}, 3000);
