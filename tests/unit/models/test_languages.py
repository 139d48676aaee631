"""Languages of short texts."""

import pytest

from models.features import canonical
from models.languages import UNKNOWN, identify


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("@user worst airline ever, my bag is still in Denver", "en"),
        ("Ihr Service ist eine Katastrophe, ich kündige", "de"),
        ("Merci beaucoup pour votre aide, c'est parfait", "fr"),
        ("Muchas gracias por la ayuda, todo perfecto", "es"),
        ("Il treno è di nuovo in ritardo, che vergogna", "it"),
        ("Muito obrigado pela ajuda, vocês são ótimos", "pt"),
        ("الخدمة سيئة جدا ولا أحد يرد على الهاتف", "ar"),
        ("सेवा बहुत खराब है और कोई जवाब नहीं देता", "hi"),
        ("サービスが最悪です。電話に誰も出ません。", "ja"),
        ("THE FLIGHT IS LATE AGAIN AND NOBODY SAYS WHY", "en"),
    ],
)
def test_sentences_are_recognised(text: str, language: str) -> None:
    assert identify([canonical(text)]) == [language]


@pytest.mark.parametrize(
    "text", ["", " ", "123 :-)", "🔥🔥", "@someone https://example.com", "\x00", "\n", "xkqzw"]
)
def test_what_has_no_words_has_no_language(text: str) -> None:
    assert identify([canonical(text)]) == [UNKNOWN]


def test_each_text_gets_its_own_whatever_its_length() -> None:
    long = "the service was bad and nobody helped " * 10_000
    assert identify(["Ich warte seit drei Wochen auf mein Geld", long, ""]) == ["de", "en", UNKNOWN]
