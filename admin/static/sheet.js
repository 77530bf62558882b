// Offers the browser's own printing. Without JavaScript the browser's menu does the same.
const print = document.querySelector("button.print");
print.hidden = false;
print.addEventListener("click", () => window.print());
