"""WeChat and QQ accounts, e-mail addresses and car plates in texts: each leads to a person as a telephone does."""

from __future__ import annotations

import re

WECHAT_MASK, QQ_MASK, MAIL_MASK, PLATE_MASK = "[微信已隐去]", "[QQ已隐去]", "[邮箱已隐去]", "[车牌已隐去]"
_DIGIT = "[0-9０-９]"
_BETWEEN = "[ \u00a0\u3000:：为是(（【]{0,4}"
_COLON = "[ \u00a0\u3000]?[:：][ \u00a0\u3000]?"
_NUMBER_OF_IT = "(?:号码|账号|帐号|同号|号|(?i:id))"
_A_DATE = "(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])(?![0-9])"
_A_QUANTITY = "[ \u00a0\u3000]?(?:[元万人次件条个辆户㎡]|平方)"
_WECHAT_WORD, _IN_LATIN = "微信|微訊|V信", "(?i:wechat|weixin)"
_WECHAT_NAME = "[A-Za-z][-_A-Za-z0-9]{5,19}"
"""As WeChat has them: six to twenty characters, a letter first; an account that is a mobile number is masked as one."""
_NO_NAME = "(?i:wechat|weixin|official|report)(?![-_A-Za-z0-9])"
_OF_A_SERVICE = "[ \u00a0\u3000]?(?:小程序|公众号|平台|支付|缴费|扫码|群|[A-Za-z])"
_WECHAT = re.compile(
    rf"(?P<word>(?:{_WECHAT_WORD}|(?<![A-Za-z]){_IN_LATIN}){_NUMBER_OF_IT}?{_BETWEEN}|(?<![A-Za-z])(?i:vx|wx)号?{_COLON})"
    rf"(?!{_NO_NAME}){_WECHAT_NAME}(?![-_A-Za-z0-9]|{_OF_A_SERVICE})"
)
_WECHAT_DIGITS = re.compile(
    rf"(?P<word>(?:{_WECHAT_WORD})(?:{_NUMBER_OF_IT}{_BETWEEN}|{_COLON}))(?!{_A_DATE})"
    rf"[1-9１-９]{_DIGIT}{{5,10}}(?!{_DIGIT}|[-A-Za-z]|{_A_QUANTITY})"
)
"""Bare digits are an account only behind 微信号 or a colon: 微信12345反映 names a hotline, 微信20250101 a day."""
_QQ_WORD = "(?:[QqＱｑ]{2}|扣扣)"
_QQ_NUMBER = f"[1-9１-９]{_DIGIT}{{4,10}}"
_QQ = re.compile(
    rf"(?P<word>(?<![A-Za-zＡ-Ｚａ-ｚ]){_QQ_WORD}{_NUMBER_OF_IT}?{_BETWEEN})(?!{_A_DATE})"
    rf"{_QQ_NUMBER}(?!{_DIGIT}|[-A-Za-z@＠]|{_A_QUANTITY})"
)
_BEFORE_AT, _HOST = "[A-Za-z0-9._%+-]", "(?:[A-Za-z0-9-]+[.．])+[A-Za-z][A-Za-z0-9._%+-]*[A-Za-z0-9]"
_MAIL = re.compile(f"(?<!{_BEFORE_AT}){_BEFORE_AT}+[@＠]{_HOST}")
_PROVINCE = "粤沪渝冀豫皖鲁浙赣鄂湘闽琼"
_PROVINCE_IN_WORDS = "京津云辽黑新苏桂甘晋蒙陕吉贵青藏川宁"
"""Those that also end everyday words (北京B, 白云A, 高新C): a plate only at the start of a word or behind 车牌, 车 …"""
_CODE = "[A-HJ-NP-Za-hj-np-zＡ-ＨＪ-ＮＰ-Ｚ0-9０-９*＊×]"
_LETTER = "[A-Za-zＡ-Ｚ]"
_TWO_DIGITS = f"(?={_LETTER}{{0,3}}[0-9０-９*＊×]{_LETTER}{{0,3}}[0-9０-９*＊×])"
_POINT = "[ \u00a0\u3000]?[·•・‧∙.．－-]?[ \u00a0\u3000]?"
_TAIL = "(?:学(?![校生])|警(?![察务])|挂|港(?![口湾铁])|澳|领(?![取域])|试(?![验点])|超(?![市时过]))"
_GREEN = f"(?:{_LETTER}{_CODE}{_DIGIT}{{4}}|{_DIGIT}{{5}}{_LETTER})"
_PLATE = re.compile(
    rf"(?:[{_PROVINCE}]|(?:(?<![一-鿿])|(?<=[牌号车辆是为被有由与和及占停]))[{_PROVINCE_IN_WORDS}])"
    rf"[A-HJ-Za-hj-zＡ-ＨＪ-Ｚ]{_POINT}{_TWO_DIGITS}(?:{_GREEN}|{_CODE}{{5}}|{_CODE}{{4}}{_TAIL})(?![－-]?[0-9A-Za-z０-９])"
)
"""A province, a letter and five characters (six: new energy), two digits among them: 粤A区 and 粤ICP备 are none."""
MAYBE_ACCOUNTS = (
    f"(?:{_WECHAT_WORD}|{_IN_LATIN}|(?i:vx|wx)){_NUMBER_OF_IT}?{_BETWEEN}[A-Za-z1-9１-９]|{_QQ_WORD}{_NUMBER_OF_IT}?{_BETWEEN}{_QQ_NUMBER}"
    f"|[@＠][A-Za-z0-9]|[{_PROVINCE}{_PROVINCE_IN_WORDS}][A-Za-zＡ-Ｚ]{_POINT}{_CODE}{{4}}"
)
"""What every text that :func:`mask_accounts` changes contains; without look-around, so that columns can be sifted."""


def mask_accounts(text: str) -> str:
    """Return ``text`` with accounts behind 微信 or QQ, e-mail addresses and car plates replaced by a mask."""
    text = _QQ.sub(rf"\g<word>{QQ_MASK}", _MAIL.sub(MAIL_MASK, text))
    for pattern in (_WECHAT, _WECHAT_DIGITS):
        text = pattern.sub(rf"\g<word>{WECHAT_MASK}", text)
    return _PLATE.sub(PLATE_MASK, text)
