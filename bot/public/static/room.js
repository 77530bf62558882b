// The room, livelier: new words appear by themselves, and what could not be sent is sent again when the line is back.
// Without this script the same forms work by loading the page anew. Written for old browsers.
(function () {
  "use strict";
  var talk = document.getElementById("talk");
  var state = document.getElementById("state");
  var form = document.getElementById("write");
  var again = 0;
  var isSending = false;

  function tell(words) {
    state.textContent = words;
    state.hidden = !words;
  }
  function ask(method, address, body, done) {
    var call = new XMLHttpRequest();
    call.open(method, address);
    call.timeout = 30000;
    call.setRequestHeader("X-Room", "script");
    call.onload = function () { done(call.status, call.responseText, call); };
    call.onerror = call.ontimeout = function () { done(0, ""); };
    call.send(body);
  }

  function renew(next) {
    var words = document.getElementById("words");
    ask("GET", talk.getAttribute("data-from") + "?have=" + encodeURIComponent(words.getAttribute("data-version")), null, function (status, text, call) {
      if (status === 200 || status === 204) {
        document.getElementById("writing").hidden = call.getResponseHeader("X-Writing") !== "yes";
      }
      if (status === 200) {
        var wasClosed = talk.getAttribute("data-closed");
        talk.innerHTML = text;
        if (!isSending) { tell(""); }
        document.getElementById("end").scrollIntoView(false);
        var isClosed = document.getElementById("words").getAttribute("data-version").indexOf("closed") > -1 ? "yes" : "no";
        if (wasClosed && wasClosed !== isClosed && !form.elements.words.value) { location.reload(); }
        talk.setAttribute("data-closed", isClosed);
      } else if (status === 403) {
        if (!form || !form.elements.words.value) { location.reload(); return; }
        tell("この画面は、しばらくたったか、もう一度ひらいたため、とじました。書いたことは下に残っています。LINEの「ひらけないとき」を押すと、またひらけます。");
        return;
      } else if (status === 0 && !isSending) {
        tell("いま、つながっていません。書いたことは残っています。");
      } else if (status === 204 && !isSending) {
        tell("");
      }
      if (next) { setTimeout(function () { renew(true); }, document.hidden ? 15000 : 3000); }
    });
  }
  setTimeout(function () { renew(true); }, 3000);

  if (!form || !window.FormData) { return; }
  var box = form.elements.words;
  var button = form.querySelector("button");

  function rest() {
    isSending = false;
    button.disabled = false;
    box.readOnly = false;
  }
  function send() {
    isSending = true;
    button.disabled = true;
    box.readOnly = true;
    tell("送っています。");
    ask("POST", form.action, new FormData(form), function (status, text) {
      if (status === 200) {
        again = 0;
        form.elements.form.value = text;
        box.value = "";
        form.elements.photo.value = "";
        rest();
        tell("");
        renew(false);
      } else if (status === 0 || status >= 500) {
        again += 1;
        tell("まだ送れていません。電波がもどったら、自動で送ります。");
        setTimeout(send, Math.min(30000, 2000 * again));
      } else if (status === 403) {
        rest();
        tell("ルームが閉じています。まだ送れていません。書いたことは下に残っています。LINEから、もう一度ひらいてください。");
      } else {
        rest();
        tell(text);
      }
    });
  }
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (!isSending && (box.value.trim() || form.elements.photo.value)) { send(); }
  });
  window.addEventListener("beforeunload", function (event) {
    if (isSending) { event.preventDefault(); event.returnValue = ""; }
  });
})();
