"""What the sign-in says when something is wrong, in place of Flask-Security's own English."""

WRONG_SIGN_IN = "メールアドレスかパスワードがちがいます。確かめて、もう一度お願いします。"
WRONG_CODE = "数字がちがいます。認証アプリに今出ている6けたの数字を入れてください。"
START_AGAIN = "時間がかかったため、はじめからお願いします。"
NOBODY_THERE = "しばらく使われていなかったため、サインアウトしました。もう一度サインインしてください。"
ENDED_ELSEWHERE = "サインアウトしました。もう一度サインインしてください。"
WRONG_PASSKEY = "パスキーを確かめられませんでした。もう一度お願いします。"

MESSAGES: dict[str, tuple[str, str]] = {
    "GENERIC_AUTHN_FAILED": (WRONG_SIGN_IN, "error"),
    "UNAUTHORIZED": ("このページは、あなたの役割では開けません。", "error"),
    "UNAUTHENTICATED": ("サインインしてください。", "info"),
    "REAUTHENTICATION_REQUIRED": ("もう一度パスワードを確かめます。", "info"),
    "LOGIN": ("サインインしてください。", "info"),
    "REFRESH": ("もう一度サインインしてください。", "info"),
    "PASSWORD_MISMATCH": ("パスワードがちがいます。", "error"),
    "RETYPE_PASSWORD_MISMATCH": ("2回入れたパスワードが同じではありません。", "error"),
    "PASSWORD_NOT_PROVIDED": ("パスワードを入れてください。", "error"),
    "PASSWORD_INVALID_LENGTH": ("パスワードは%(length)s文字以上にしてください。", "error"),
    "PASSWORD_TOO_SIMPLE": ("かんたんに当てられそうなパスワードです。別のものにしてください。", "error"),
    "PASSWORD_IS_THE_SAME": ("前とちがうパスワードにしてください。", "error"),
    "PASSWORD_CHANGE": ("パスワードを変えました。", "success"),
    "INVALID_PASSWORD": ("いまのパスワードがちがいます。", "error"),
    "INVALID_PASSWORD_CODE": ("パスワードか数字がちがいます。", "error"),
    "EMAIL_NOT_PROVIDED": ("メールアドレスを入れてください。", "error"),
    "INVALID_EMAIL_ADDRESS": ("メールアドレスの形が正しくありません。", "error"),
    "USER_DOES_NOT_EXIST": (WRONG_SIGN_IN, "error"),
    "DISABLED_ACCOUNT": (WRONG_SIGN_IN, "error"),
    "INVALID_CODE": (WRONG_CODE, "error"),
    "INVALID_RECOVERY_CODE": (WRONG_CODE, "error"),
    "TWO_FACTOR_INVALID_TOKEN": (WRONG_CODE, "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": ("確かめました。", "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": ("認証アプリの準備ができました。", "success"),
    "TWO_FACTOR_PERMISSION_DENIED": (START_AGAIN, "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": ("「認証アプリで準備する」を押してください。", "error"),
    "TWO_FACTOR_SETUP_EXPIRED": (START_AGAIN, "error"),
    "REAUTHENTICATION_SUCCESSFUL": ("確かめました。", "success"),
    "WEBAUTHN_EXPIRED": (START_AGAIN, "error"),
    "WEBAUTHN_NAME_REQUIRED": ("パスキーに名前をつけてください。", "error"),
    "WEBAUTHN_NAME_INUSE": ("その名前のパスキーは、もうあります。", "error"),
    "WEBAUTHN_NAME_NOT_FOUND": ("その名前のパスキーはありません。", "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": ("名前には、文字と数字だけを使ってください。", "error"),
    "WEBAUTHN_CREDENTIAL_DELETED": ("パスキーをけしました。", "success"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": ("パスキーを登録しました。次からパスキーだけでサインインできます。", "success"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": ("このパスキーは、もう登録されています。", "error"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (WRONG_PASSKEY, "error"),
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": (WRONG_PASSKEY, "error"),
    "WEBAUTHN_NO_VERIFY": (WRONG_PASSKEY, "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (WRONG_PASSKEY, "error"),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (WRONG_PASSKEY, "error"),
    "API_ERROR": ("うまくいきませんでした。はじめからお願いします。", "error"),
    "ANONYMOUS_USER_REQUIRED": ("もうサインインしています。", "info"),
}
"""By Flask-Security's name of the message: the sentence, and the kind of note it stands in."""
