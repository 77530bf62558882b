// Asks the device for a passkey and sends on what it answers. The form holds what the server asked.
const form = document.querySelector("form[data-passkey]");
const ask = form.dataset.passkey === "register" ? handleRegister : handleSignin;
const answer = await ask(form.dataset.options);
if (answer.error_msg) {
  document.querySelector("#passkey-words").textContent = "パスキーを使えませんでした。前のページにもどって、もう一度お願いします。";
} else {
  form.querySelector("[name=credential]").value = answer.credential;
  form.submit();
}
