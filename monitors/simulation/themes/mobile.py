# ruff: noqa: E501 - a phrase stays on one line, however many choices it has
"""Words about a mobile network; its storm: phones without network."""

from monitors.simulation.themes.trade import Theme, Trade

_SLOTS = {
    "dead": (
        "no signal",
        "SOS only",
        "no network",
        "no bars",
        "'emergency calls only'",
        "no data, no calls",
        "zero reception",
    ),
    "plan": (
        "my [family|student|unlimited|business] plan",
        "{who}'s contract",
        "the SIM",
        "our {num} lines",
        "my prepaid",
    ),
    "num3": ("[1|2|3|4|5|6|7|8|9][0|2|3|5|7|8][1|4|6|9]",),
    "spot": (
        "in {city}",
        "on the train to {city}",
        "at home",
        "at work",
        "at the hospital in {city}",
        "all over {city}",
    ),
}

_OUTAGE = Theme(
    claims=(
        "{dead} on {brand} {spot} {since}, [not a word from them|no reason|no end in sight].",
        "{brand} is [down|dead] {spot} and {who} can't [reach me|call a doctor|work], {dead} {since}.",
        "[Tried|I tried] to call [an ambulance|the vet|a doctor] {spot}: {dead}. {brand}, people [could die|get hurt].",
        "{dead} {since}, yet {brand} [charged|took] {amount} for {plan} {daypart}.",
        "{brand} says {spot} is '[back to normal|fully restored]'. I have {dead}, [so do {num} neighbours|like everyone|it is a lie].",
        "[Missed|I missed] {occasion} [call|news] because of {dead} on {brand} {spot}.",
        "[My shop|My taxi|Our bakery] {spot} can't take cards, {dead} on {brand} {since}, {amount} lost.",
        "{hours} hours of {dead} {spot}. {brand} [offers|generously gives] {small_amount} off {plan}. [Keep it|Insulting].",
        "{brand} [tells us to|suggests we] 'restart the phone'. {num} restarts, {dead} {spot}.",
        "[Locked out|I'm locked out] of [my bank|work], no codes arrive, {dead} with {brand} {since}.",
        "{who} is [stuck|lost] {spot} with {dead}, [thanks to|because of] {brand}.",
        "{brand} [knew|was warned] about the [mast|core network|update] {spot} {since}, now {dead} for everybody.",
        "{plan} at {brand}: {amount} a year for {dead} {spot}.",
    ),
    details=(
        "[Rivals|The others] work fine {spot}, [only {brand} is gone|{who} has full bars].",
        "I [walk|drive] {minutes} minutes to [the library|a hill] to [send this|get wifi].",
        "[Leaving|Getting out of] {plan} costs {amount}, [even now|they said so].",
        "The status page is [only reachable with data|green], [genius|of course].",
        "{num} [clients|patients|parents] could not reach me {daypart}.",
        "[My mum's|{who}'s] alarm button [runs on|needs] that network.",
        "[Second|Third] time since {month}.",
    ),
    headlines=(
        "{brand} network [fails|down] [in {city}|{since}], [emergency calls affected|customers angry]",
        "[Outage|Breakdown] at {brand}: [{hours} hours|{num} cities] without [signal|service]",
        "[Minister|Ambulance service|Watchdog] [demands|wants] explanation from {brand}",
    ),
    leads=(
        "Customers [in {city} and {city}|{spot}] have had {dead} {since}, {brand} [points to a failed update|gave no cause].",
        "{name}, [a midwife|a courier|a taxi driver] from {city}, [lost {amount}|could not be reached] and calls it {bad}.",
        "[Compensation|A credit] of {small_amount} [angers|does not calm] users, [the watchdog asks for a report by {weekday}|some want to sue].",
    ),
    questions=(
        "Is {brand} down {spot} [for others|or is it my phone|for you too]?",
        "[Any news|Does anyone know] when {brand} [will be|is] back {spot}?",
        "Do [emergency calls|texts|wifi calls] work on {brand} {spot} [right now|{daypart}]?",
    ),
)

TRADE = Trade(
    slots=_SLOTS,
    storms={"outage": _OUTAGE},
    gripes=(
        "{brand} [raised|put up] {plan} by {percent} [mid contract|with one text], [rip-off|liars].",
        "Data {spot} with {brand} is [crawling|slow as a snail], [unusable|terrible|so frustrating].",
        "{brand} sold {who} {plan} [nobody needs|with hidden fees], [shameful|disgusting].",
        "[Roaming|A week in {city}] cost {amount} with {brand}, [no warning text|shock|theft].",
        "Cancelling {plan} at {brand} takes {num} [calls|letters|forms], [awful|hostage situation].",
        "{brand} sent [the wrong|a broken] phone [twice|to {city}], [useless|bad joke].",
        "My number was [lost|stuck] in the switch to {brand} {since}, [nightmare|nobody helps].",
        "{minutes} minutes in the {brand} shop in {city} to [buy a SIM|be told 'go online'], [terrible|rude].",
        "Calls [drop|cut out] every {num} minutes on {brand} {spot}, [hate it|so annoying].",
    ),
    praise=(
        "{brand} [coverage|5G] {spot} is {good}, [even in the tunnel|films without a hiccup].",
        "{name} in the {brand} shop in {city} was {good}, [moved all photos for {who}|saved my contacts].",
        "[Switched|We switched] {plan} to {brand}, saves {small_amount} a month, {good}.",
        "{brand} [credited|gave back] {small_amount} after one call, {good}.",
        "[New phone|The phone] from {brand} came {daypart}, [a day early|wrapped nicely], {good}.",
        "[No contract tricks|Clear prices|Honest advice] at {brand}, {good}, {who} signed too.",
    ),
    questions=(
        "Does {brand} have [5G|coverage|wifi calling] {spot}?",
        "How do I [port|move] my number to {brand} [from prepaid|before {weekday}]?",
        "What's the [data limit|roaming price] of {plan} at {brand} in {city}?",
        "Can {plan} at {brand} be [paused|shared with {who}] in {month}?",
        "Which phones [work|come] with the {brand} [esim|watch plan]?",
    ),
    remarks=(
        "[Activated|Set up] {plan} with {brand} {daypart}.",
        "{brand} [builds|puts up] a mast {spot}.",
        "{who} got a {brand} number ending in {num3}.",
        "[Speed test|Test] on {brand} {spot}: {num3} down, {num} up.",
        "The {brand} shop {spot} [moved|opens at {clock}|has a new sign].",
    ),
    headlines=(
        "{brand} [extends|switches on] 5G in {city} and {city}",
        "{brand} [counts|reports] [customers|revenue] [up|down] {percent} in {month}",
        "{brand} [ends|retires] [3G|old tariffs] in {month}",
    ),
    leads=(
        "The [network|company] said on {weekday} that {num} [masts|towns] follow by {month}.",
        "Customers [need not act|will be written to in {month}], {brand} said; {percent} [use|own] older phones.",
        "Average data use [rose|changed] by {percent}, [most of it|above all] in {city}.",
    ),
    launch=(
        "[Ordered|Pre-ordered] the new [foldable|green|mini] phone at {brand}, [here by {weekday}|so excited|{who} is jealous]!",
        "{brand} gives [everyone|all customers] [unlimited data|[20|30|50|80] gigabytes] for {month}, [streaming all weekend|yes please]!",
        "[Queue|The queue] at the {brand} shop in {city}, free {drink}, [music|a DJ], [new phones out|launch day]!",
    ),
    jokes=(
        "{who} [answered|talked to] the {brand} voicemail for {minutes} minutes, [best friends now|too funny].",
        "My {brand} phone [autocorrected|changed] {name} to [Banana|Napkin|Your Majesty], [keeping it|meeting ruined by laughter].",
        "The {brand} [penguin|llama] advert in {city}, [third remix|{who} does the dance], [laughing|ha ha].",
    ),
)
