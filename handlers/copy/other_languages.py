"""A few words in the languages most spoken by neighbours from abroad."""

from bot.conversation import Text
from bot.services.council import Council
from handlers.copy.common import office_line

SENTENCES = {
    "en": "This chat answers in Japanese. In an emergency call 119 (ambulance, fire) or 110 (police). "
    "For other help, please call:",
    "zh": "这里用日语回答。紧急时请拨打 119（急救、火灾）或 110（警察）。其他咨询请致电：",
    "vi": "Ở đây trả lời bằng tiếng Nhật. Khẩn cấp hãy gọi 119 (cấp cứu, cháy) hoặc 110 (cảnh sát). Cần giúp đỡ khác, xin gọi:",
    "pt": "Aqui respondemos em japonês. Em emergência ligue 119 (ambulância, incêndio) ou 110 (polícia). Para outra ajuda, ligue:",
    "ko": "여기서는 일본어로 답합니다. 긴급할 때는 119(구급·화재) 또는 110(경찰)으로 전화하세요. 다른 상담은:",
    "": "やさしい にほんごで かいて ください。きゅうきゅうしゃ・かじは 119、けいさつは 110 です。こまったときは でんわして ください：",
}


def sentence(language: str, council: Council) -> Text:
    return Text(SENTENCES[language] + "\n" + office_line(council))
