"""Turns of speech that put one brand above another, whatever the mood of the words around them.

Each is a pattern over a sentence in small letters in which brands are marked (`models.towards_names`).
What it finds is `up` (chosen, praised, put above), `down` (left, put below, to blame), `flat` (nothing
follows for it) or `against` (the opposite of what is said of the others). English only.
"""

import re
from collections.abc import Iterator

from core.records import Sentiment
from models.towards_names import MARK

Claims = dict[str, Sentiment | None]
"""By the character that stands for a brand; None for the opposite of the others."""

SENSES = {"up": Sentiment.POSITIVE, "down": Sentiment.NEGATIVE, "flat": Sentiment.NEUTRAL, "against": None}


def _any(words: str) -> str:
    """Return a group of alternatives, which stand one beside the other with `|`."""
    return f"(?:{re.sub(r'[|]?' + chr(10) + ' *', '|', words.strip())})"


_PARTS = {
    "{the}": "(?:"
    + _any("team|the|my|our|his|her|their|your|an?|this|that|these|old|new|dear|good")
    + " ){0,3}",
    "{of}": r"(?:['’]s)?(?: (?!than|for|to|from|over|and|but|or|is|was|are|were)[a-z]+){0,2}?",
    "{not}": _any(
        "no|not|never|hardly|(?:is|was|are|were|do|does|did|has|have|will|would|can|could|wo|ca) ?n['’]?t"
    ),
    "{be}": _any("is|was|are|were|do|does|did|has|have|had|will|would|could|can"),
    "{good}": _any(
        """better|nicer|faster|quicker|cheaper|friendlier|kinder|cleaner|tastier|smoother|safer|easier|stronger
        fresher|smarter|clearer|sharper|lighter|quieter|longer|superior
        more (?!expensive|annoying|complicated|painful|trouble|problems|fees)[a-z]+"""
    ),
    "{bad}": _any(
        """worse|slower|ruder|dirtier|dearer|pricier|weaker|buggier|uglier|noisier|inferior|less [a-z]+
        more (?:expensive|annoying|complicated|painful|trouble|problems|fees)"""
    ),
    "{fine}": _any(
        "good|great|solid|reliable|nice|friendly|fast|quick|clean|fresh|clear|kind|helpful|cheap|tasty"
    ),
    "{poor}": _any("bad|terrible|awful|useless|slow|rude|dirty|poor|expensive|unreliable"),
    "{quit}": _any(
        """left|leaving|quit|quitting|dropp(?:ed|ing)|ditch(?:ed|ing)|dump(?:ed|ing)|cancell?(?:ed|ing)
        abandon(?:ed|ing)|escap(?:ed|ing)(?: from)?|fled|sold|binned|deleted|uninstall(?:ed|ing)
        good ?bye|bye(?: bye)?|so long|farewell|(?:done|finished|through) with
        (?:fed up|sick|tired) (?:with|of)"""
    ),
    "{swap}": _any(
        """left|leav(?:e|ing)|quit|dropp(?:ed|ing)|ditch(?:ed|ing)|dump(?:ed|ing)|swap(?:p?ed|ping)?
        trad(?:e|ed|ing)(?: in)?|exchang(?:ed|ing)|replac(?:e|ed|ing)|sold|cancell?ed|abandon(?:ed|ing)
        g[ai]v(?:e|ing) up"""
    ),
    "{move}": _any(
        "(?:switch|mov|chang|migrat|convert|transferr?)(?:e|ed|es|ing)?|go|going|gone|went|jump(?:ed|ing)?"
    ),
    "{join}": _any(
        """signed up (?:for|with|to)|joined|hello|hi|welcome|gave in and bought
        (?:off|run|ran|moved|switched) to|now (?:with|at)|(?:opened|got) (?:one|an account) (?:with|at)
        glad (?:i|we) (?:chose|picked|found|have)"""
    ),
    "{top}": _any(r"(?:four|five|4|5|4\.\d)(?: stars?| out of five|/5)|(?:8|9|10)/10|thumbs up"),
    "{last}": _any(r"(?:zero|no|one|two|0|1|2|1\.\d)(?: stars?| out of five|/5)|[0-4]/10|thumbs down"),
    "{thank}": _any("thanks? (?:you )?|cheers |kudos |props |hats off |bravo |well done |shout ?out "),
}

_PARTS["{noway}"] = (
    rf"\b(?:{_PARTS['{not}']}|refus(?:e|ed|ing)|nobody|(?:rather|sooner) (?:[a-z]+ ){{1,6}}?than)"
    + r"(?: (?:ever|to|be|gonna|going|want|wanna|way|chance|am|are|will|would|(?:i|we)(?:['’]\w\w?)?)){0,5}"
    + r" (?:(?:go|com|switch|mov|chang|look)(?:e|ed|ing)? (?:right |straight )?back|return(?:ing)?)"
)
"""Nobody returns: `never going back`, `would rather walk than go back`."""

_SLOT = re.compile(r"<(up|down|flat|against)>")


def _turns(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(_turn(pattern) for pattern in patterns)


def _turn(pattern: str) -> re.Pattern[str]:
    """Compile a pattern in which `<up>` and its like stand for brands, `<any>` for one nothing is said of."""
    for short, long in _PARTS.items():
        pattern = pattern.replace(short, long)
    counts = dict.fromkeys(SENSES, 0)

    def slot(match: re.Match[str]) -> str:
        counts[match[1]] += 1
        return f"(?P<{match[1]}{counts[match[1]]}>{MARK})"

    return re.compile(_SLOT.sub(slot, pattern.replace("<any>", MARK)))


ALIKE = _turns(
    r"<down>{of}(?: [a-z]+){0,2}? {not}(?: an?| any| much| really)? {good}(?: [a-z]+)? than {the}<down>",
    r"(?:{not} think|{not} say|not sure)(?: that)?(?: [a-z]+)? {the}<flat>{of} .{0,40}?(?:{good}|{bad}) "
    r".{0,40}?than {the}<flat>",
    r"<down>{of}(?: [a-z]+){0,2}? (?:nowhere near|not|isn['’]?t|never)(?: nearly)? as {fine} as {the}<up>",
    r"<up>{of}(?: [a-z]+){0,3}? (?:twice|three times|ten times|much|far) as {fine} as {the}<down>",
    r"<up>{of}(?: [a-z]+){0,3}? as {fine} as {the}<up>",
    r"<down>{of}(?: [a-z]+){0,3}? as {poor} as {the}<down>",
    r"<flat>{of} and {the}<flat>{of} (?:are|taste|look|cost|feel) the same",
)
"""Both measured by one standard."""

BETTER = _turns(
    r"<up>{of}(?: [a-z]+){0,5}? {good}(?: [a-z,]+){0,3}? than (?:anything )?(?:at |in |from )?{the}<down>",
    r"<down>{of}(?: [a-z]+){0,6}? {bad}(?: [a-z,]+){0,3}? than (?:anything )?(?:at |in |from )?{the}<up>",
    r"<up>{of} ?(?<![-=])>+ ?{the}<down>",
    r"<down>{of} ?<+(?!-) ?{the}<up>",
    r"<up>{of} (?:easily |clearly |always )?(?:beats?|outclass(?:es|ed)|outperform(?:s|ed)|trumps|"
    r"crush(?:es|ed)|destroys|smokes|tops|defeat(?:s|ed)|(?:wins?|won) against) {the}<down>",
    r"(?:prefer|pick|choose|take|recommend|want|love|trust)(?: [a-z]+)? {the}<up>{of} "
    r"(?:over|to|instead of|rather than|before) {the}<down>",
    r"(?:between|out of|of|from) {the}<down>{of} (?:and|or) {the}<up>{of},? i(?:['’]?d| would)? "
    r"[a-z ]{0,20}\2",
    r"(?:between|out of|of|from) {the}<up>{of} (?:and|or) {the}<down>{of},? i(?:['’]?d| would)? "
    r"[a-z ]{0,20}\1",
    r"rather (?:[a-z]+ ){0,3}?{the}<up>{of} than (?:[a-z]+ ){0,2}?{the}<down>",
    r"<up>{of}(?: any ?(?:day|time))? over {the}<down>(?= any ?(?:day|time)|,? (?:always|every))",
    r"<up>{of} any ?(?:day|time) over {the}<down>",
    r"<down>{of} (?:[a-z]+ ){0,4}?(?:can ?not|can['’]?t|could ?n['’]?t) (?:match|beat|touch|compete with|"
    r"keep up with) {the}<up>",
    r"<down>{of} (?:[a-z]+ ){0,3}?(?:is no match for|loses to|lost to|lags behind|(?:far |way |well )?behind|"
    r"(?:has |have |is )?nothing (?:on|next to|compared to|against)) {the}<up>",
    r"<down>{of} (?:[a-z]+ ){0,3}?(?:beaten|outclassed|overtaken|outsold) by {the}<up>",
    r"<up>{of} (?:put|puts|putting) {the}<down> to shame",
    r"<up>{of} (?:blows|knocks|runs) {the}<down> (?:out of the water|into a cocked hat|off the road)",
    r"<down>{of} (?:[a-z]+ ){0,2}?{not} hold a candle to {the}<up>",
    r"<down>{of} is (?:an? )?(?:[a-z]+ )?(?:joke|mess|toy|disgrace|pain) (?:next|compared) to {the}<up>",
    r"<up>{of} makes? {the}<down>{of} (?:look|seem|feel) (?:like an? (?:toy|joke|relic)|old|slow|"
    r"cheap|bad|silly)",
    r"(?:trust|like|love|enjoy|value) {the}<up>{of} (?:far |much |way |a lot |so much )?(?:more|better) than "
    r"{the}<down>",
    r"<up>{of} (?:streets|miles|light ?years|way|far) ahead of {the}<down>",
    r"<down>{of} los(?:es|t|ing) (?:[\w,]+ ){1,5}?to {the}<up>",
    r"nothing (?:beats|compares to|compares with|comes close to|like|better than) {the}<up>",
    r"why (?:can|does|do|is)(?: ?n['’]?t| not) {the}<down>{of} .{0,40}?(?:like|as) {the}<up>",
    r"<down>,? (?:please )?(?:look at|learn from|take a leaf from|be more like) (?:how )?{the}<up>",
    r"<up>{of} .{0,30}?(?:it['’]?s|is) no {the}<down>",
    r"<flat>{of} su(?:es|ed|ing) {the}<down>",
    r"<flat>{of} accus(?:es|ed|ing) {the}<down>",
)
"""One above the other."""

SWITCH = _turns(
    r"{swap} {the}<down>{of}(?: for| with| in favou?r of|(?:,|,? and) (?:bought|joined|got)) {the}<up>",
    r"{move}(?: [a-z]+){0,3}? (?:from|off|out of) {the}<down>{of} (?:over |back |straight )?(?:to|onto|into) "
    r"{the}<up>",
    r"{move} (?:over )?(?:to|onto) {the}<up>{of} (?:from|after [\w ]{1,20}?(?:with|of|at)) {the}<down>",
    r"<down>[^.;!?]{0,40}?\b{swap} (?:you|u|them)(?: all| guys| lot)? (?:for|with) {the}<up>",
    r"<down>[^.;!?]{0,40}?\b{move} (?:over )?from (?:you|u|them)(?: all| guys| lot)? to {the}<up>",
    r"<up>[^.;!?]{0,40}?\b{swap} {the}<down>{of} (?:for|with) (?:you|u|them)\b",
    r"<down> ?(?:-+>|=+>|→|➡️?) ?<up>",
    r"<down> ?(?:<-+|<=+|←) ?<up>",
)
"""From one to the other."""

RETURN = _turns(
    r"(?:regret|should(?: not|n['’]?t| never) have|never should have|sorry (?:that )?i(?: ever)?) "
    r"(?:leav\w+|left|quit\w*|sell\w+|sold|dropp\w+|switch\w+ from|cancell?\w+) {the}<up>",
    r"(?:wish (?:i|we)(?: had|['’]?d| have)?|should(?: have|['’]ve)|shoulda)(?: just)? "
    r"(?:stayed (?:with|at)|stuck with|kept|gone with|bought|chosen|still had) {the}<up>",
    r"(?:i |we |really |so |still )miss(?:ing)? {the}<up>",
    r"(?:want|like) {the}<up> back",
    r"(?:back (?:to|at|with|on)|returned to|returning to|came home to) {the}<up>",
)
"""Of the one that was left by mistake: what is said of it goes against all others."""

REFUSED = _turns(r"{noway} (?:to|at|with|on) {the}<down>")
"""Of the one that nobody returns to."""

ALONE = _turns(
    r"(?:regret|big mistake|worst decision)(?: \w+){0,2}? (?:buying|joining|switching to|choosing|getting|"
    r"going with) {the}<down>",
    r"(?:instead of|rather than) (?:joining|buying|choosing|going with|switching to) {the}<down>",
    r"{the}<up>{of}:? (?:gets? |deserves? )?{top}|{top}(?: for| to| goes to|:)? {the}<up>",
    r"{the}<down>{of}:? (?:gets? |deserves? )?{last}|{last}(?: for| to| goes to|:)? {the}<down>",
    r"(?<!"
    + MARK
    + r" ){quit} {the}<down>(?!{of} (?:in|on|at|outside|behind|under|over|with|down|to|by|because)\b)",
    r"{join} {the}<up>",
    r"<up>(?: from now on|,? here (?:i|we) come| gets it now)",
    r"(?:give me|long live) {the}<up>",
    r"{thank}(?:to |so much )?{the}<up>",
    r"(?:shame on|avoid|boycott|never again(?: with)?) {the}<down>",
    r"(?:no|not a single|never had an?|without) (?:problems?|complaints?|issues?|trouble)(?: \w+)? "
    r"(?:with|about) {the}<up>",
    r"compared (?:to|with) {the}<against>|next to {the}<against>, {the}<any> (?:is|feels|looks)",
)
"""Of one brand."""

CONTRAST = _turns(
    r"{not} say (?:that|the same|it|as much)(?: of| about| for) {the}<against>",
    r"\bunlike (?:with |at )?{the}<against>",
    r"<against>{of},? (?:not so much|on the other hand|not really|(?:could|would) never)\b",
    r"(?:plenty|lots|enough|nothing but)(?: of (?:them|it|those))? (?:with|at|from|about) {the}<against>",
    r"[,;.] (?:but |and |while )?{the}<against>{of} {be}(?: ?n['’]?t| not| never)?(?=\s*[.,;!?)]|\s*$)",
)
"""The other way round."""

ASIDE = _turns(
    r"(?:not|n['’]t) (?:blame |the fault of |down to ){the}<flat>|(?:not|n['’]t) {the}<flat>(?:['’]s)? fault",
    r"nothing to do with {the}<flat>",
    r"(?:next to|in front of|outside|opposite|near|behind|beside|past|above|across from|close to|inside|"
    r"around the corner from|in the queue at|car park of) {the}<flat>",
    r"<flat> (?:car park|parking lot|tower|stadium|arena)\b",
    r"(?:my|our|his|her|their) <flat>{of} (?:was|were|got|is|been) (?:[a-z]+ ){0,2}?(?:[a-z]+ed|lost|broken|"
    r"stolen|eaten|left|stuck) (?:[a-z]+ )?(?:by|at|with|in) {the}<any>",
)
"""Not meant by the feeling in the text."""

QUOTED = _turns(
    r"<flat>{of}(?: [a-z]+){0,2}? (?:says?|said|claims?|claimed|calls?|called|tells|told|thinks|believes|"
    rf"admires|denies|declined)\b[^{MARK[1:-1]}]*<flat>|<flat> (?:on|about) {{the}}<flat>:"
)
"""One about the other, when that is all there is."""

_REGRET = re.compile(
    r"\b(?:(?:worst|bad|terrible|dumbest|stupidest|silliest) (?:decision|idea|move|thing)|"
    r"and back(?: again)?|(?:big(?:gest)? )?mistake|regret(?:s|ted|ting)?|"
    r"(?:switch|mov|migrat|com|go|jump)(?:e|ed|ing)? (?:right |straight )?back|never should have|"
    r"should (?:never|not) have|should ?n['’]?t have|want it back|sorry i (?:ever )?left|i hate it|miss it)\b"
)
_SOMEBODY = _any("head office|the council|council|management|the school|it|(?:my|our) (?:new )?[a-z]+")
_FORCED = re.compile(
    rf"\b(?:employer|company policy|had to (?:leave|end|switch|move)|no (?:idea|difference|choice)|"
    rf"can(?:not|['’]?t) tell|mov(?:ed|ing) (?:house|abroad)|new flat|{_SOMEBODY} (?:decided|pays|chose|"
    r"picked|uses|gave|issues|moved|moves|switched|switches|came with|made (?:me|us) (?:use|move)))\b"
)
_ASKED = re.compile(r"\?\s*$")
_NO_WAY_BACK = re.compile(_PARTS["{noway}"])


def claims(sentence: str) -> Claims:
    """Return what the turns of speech in a sentence say of its brands; of two for one brand the first."""
    found: Claims = {}
    if not _ASKED.search(sentence):
        _take(found, _switched(sentence))
        _take(found, _found(REFUSED, sentence))
        for turns in (ALIKE, BETTER, RETURN, ALONE, CONTRAST):
            _take(found, _found(turns, _NO_WAY_BACK.sub("", sentence)))
    _take(found, _found(ASIDE, sentence))
    return found


def returned(text: str) -> bool:
    """Tell whether a text goes back to one of its brands: the others are out of favour then."""
    kept = _NO_WAY_BACK.sub("", text)
    return not _ASKED.search(text) and any(turn.search(kept) for turn in RETURN)


def quoted(text: str) -> Claims:
    """Return the brands of a text that only passes on what one says of another."""
    return dict(_found(QUOTED, text))


def _switched(sentence: str) -> Iterator[tuple[str, Sentiment | None]]:
    regretted = _REGRET.search(_NO_WAY_BACK.sub("", sentence))
    for mark, sense in _found(SWITCH, sentence):
        if _FORCED.search(sentence):
            yield mark, Sentiment.NEUTRAL
        else:
            yield mark, _opposite(sense) if regretted else sense


def _found(turns: tuple[re.Pattern[str], ...], sentence: str) -> Iterator[tuple[str, Sentiment | None]]:
    for turn in turns:
        for match in turn.finditer(sentence):
            for name, mark in match.groupdict().items():
                if mark:
                    yield mark, SENSES[name.rstrip("0123456789")]


def _take(found: Claims, more: Iterator[tuple[str, Sentiment | None]]) -> None:
    for mark, sense in more:
        found.setdefault(mark, sense)


def _opposite(sense: Sentiment | None) -> Sentiment | None:
    return Sentiment.NEGATIVE if sense is Sentiment.POSITIVE else Sentiment.POSITIVE
