# ruff: noqa: E501 - a phrase stays on one line, however many choices it has
"""Words about an energy supplier; its storm: a power cut without end."""

from monitors.simulation.themes.trade import Theme, Trade

_SLOTS = {
    "street": (
        "our street",
        "the whole of {city}",
        "half of {city}",
        "our village",
        "the block",
        "the hill road",
        "our estate",
    ),
    "loss": (
        "the freezer is thawing",
        "{who}'s oxygen machine runs on battery",
        "the insulin is getting warm",
        "no heating",
        "the shop lost {amount} of stock",
        "the lift is stuck",
        "the pump flooded the cellar",
        "we cook on a camping stove",
    ),
    "num3": ("[1|2|3|4|5|6|7|8|9][0|2|3|5|7|8]",),
    "bill": (
        "the [gas|power|electricity] bill",
        "the final bill",
        "my direct debit",
        "the instalment",
        "the yearly bill",
    ),
}

_POWER_CUT = Theme(
    claims=(
        "[No power|No electricity|Dark] in {street} {since}, {brand} [says nothing|keeps moving the time|doesn't pick up].",
        "{hours} hours without power in {city}, {loss}, and {brand} sends [a survey|a bill|an advert].",
        "{brand} promised [light|power] in {street} by {clock}. It is {clock} and {loss}.",
        "Power back for {minutes} minutes, then dark again in {street}. {brand} [has lost control|has no clue|blames the {weather}].",
        "{loss} because {brand} [saved on|skipped] [maintenance|repairs|crews] around {city}.",
        "[Third|Fourth|Fifth] cut in {street} since {month}, {brand}. {loss}.",
        "{who} [fell|fell down the stairs|is alone] in the dark in {city}, {brand} [told us to wait|hung up|'regrets'].",
        "The {brand} outage map shows {street} as fixed. {loss}, [so no|it is a lie|come and look].",
        "{brand} compensates {hours} hours of darkness in {street} with {small_amount}. {loss}!",
        "[Traffic lights|The station|The care home|The surgery] in {city} [dark|out] {since}, where is {brand}?",
        "[Kids|My kids|{who}] [doing homework|eating dinner] by torch, {loss}, {brand} 'monitors the situation' {since}.",
        "{brand} turned off {street} for '[planned work|tests]' without [a letter|warning|a word], {loss}.",
        "A crew from {brand} came at {clock}, [took photos|had {drink}], left. {street} still dark, {loss}.",
    ),
    details=(
        "[Minus {num} degrees|{num} degrees inside] and the {weather} is getting worse.",
        "[Neighbours|We] [share|pass round] a generator, {small_amount} of petrol every {num} hours.",
        "[The phone mast|Mobile reception] is gone as well, [posting from the car|one bar on the hill].",
        "[The other side|Across the road] has light, [a rival runs that grid|how|explain that].",
        "Prices up {percent} in {month}, [for this|and they can't keep the lights on].",
        "{num} [pensioners|families] on [my floor|this road] [sit in coats|have no water either].",
        "They [announce|shift] a new time every hour: {clock}, {clock}, now {clock}.",
    ),
    headlines=(
        "[Thousands|{num} districts] [without power|in the dark] [in {city}|{since}] as {brand} [struggles|misses deadline]",
        "[Mayor of {city}|Residents|Hospital] [criticises|demands answers from] {brand} after [long|{hours}-hour] outage",
        "{brand} [blamed|under pressure] for [power cuts|blackout] [around|in] {city}",
    ),
    leads=(
        "[Households|Shops] in {city} have been without electricity {since}; {brand} [named a faulty cable|gave no reason].",
        "{name}, who [runs a bakery|cares for a parent] in {city}, [lost|puts the damage at] {amount} and calls it {bad}.",
        "[The council|The regulator] [wants|asked for] a report by {weekday}, [repairs|maintenance] had been cut by {percent}.",
    ),
    questions=(
        "Is [the power|electricity] out in {city} [for everyone|on your side too], or only {street} with {brand}?",
        "When does {brand} expect {street} to be back, [by {clock}|before {weekday}]?",
        "[Does anyone have|Where is] the {brand} outage [number|map] for {city}?",
    ),
)

TRADE = Trade(
    slots=_SLOTS,
    storms={"power_cut": _POWER_CUT},
    gripes=(
        "{brand} raised {bill} by {percent} [again|without warning|in {month}], [shameless|can't afford it].",
        "{brand} estimated {bill} at {amount}, [for a studio|I was away|I live alone], [crazy|wrong|awful].",
        "The engineer from {brand} [didn't show up|came {hours} hours late|left a mess] [{daypart}|on {weekday}], [day wasted|terrible].",
        "{brand} can't read [its own|a smart] meter {since} and [I pay for it|bills me {amount}], [useless|bad].",
        "[Moved out|I moved out] in {month}, {brand} still takes {bill}, [thieves|so annoying].",
        "The {brand} website [ate my reading|rejects my password|is down], [every month|on deadline day], [hate it].",
        "{amount} credit and {brand} [won't pay it out|'reviews' it {since}], [awful|my money].",
        "{brand} dug up {street} {since} and [left a hole|blocked the drive], [dangerous|nobody cares].",
    ),
    praise=(
        "{brand} had [power|the heating] back in {street} within {minutes} minutes, in the {weather}, {good}.",
        "[The engineer|{name}] from {brand} was {good}, [fixed the meter|found the leak] in {minutes} minutes.",
        "{bill} from {brand} is down {percent}, [happy days|a relief|lovely surprise].",
        "[Solar|The heat pump|The wall box] installed by {brand} in {num} days, {good}.",
        "{brand} explained {bill} to {who} with [real patience|a drawing], {good}.",
        "[Switched|We switched] to {brand} green power in {minutes} minutes, {good} and [cheaper by {small_amount}|so easy].",
    ),
    questions=(
        "How do I send {brand} a [meter reading|photo of the meter] from {city}?",
        "[What does|How much is] {brand} per [kilowatt hour|month] in {city} [for {num} people|with a heat pump]?",
        "Does {brand} [install|rent] [wall boxes|solar panels|heat pumps] in {city}?",
        "When is {bill} from {brand} due, [on {weekday}|in {month}]?",
        "Can {who} [transfer|take over] the {brand} contract when moving to {city} in {month}?",
    ),
    remarks=(
        "[Reading|Read] the meter for {brand}, {num3}{num3} this {month}.",
        "{brand} van in {street}, {clock}, [new cable|smart meters].",
        "[Letter|Post] from {brand}: meter swap on {weekday} between {clock} and {clock}.",
        "{who} [works|starts] at {brand} in {city} [from {month}|as a fitter|in the control room].",
        "[Comparing|Looking at] {bill} from {brand} for {month} and {month}.",
    ),
    headlines=(
        "{brand} [builds|plans|connects] [wind park|solar field|substation] near {city}",
        "{brand} [sets|announces] tariff for {month}, [change of|plus] {percent}",
        "{city} [extends|tenders] grid contract with {brand}",
    ),
    leads=(
        "[Construction|Work] near {city} [starts|is due to finish] in {month}, the supplier said on {weekday}.",
        "The tariff [applies from {month}|covers {num} districts], households with [gas|heat pumps] see {percent}.",
        "The council [voted|met] on {weekday}; {brand} has [supplied|run] the network for {num} years.",
    ),
    launch=(
        "[Free power|Half price power] at {clock} on {weekday}, says {brand}, [laundry party|charging everything]!",
        "{brand} [opened|switched on] [the new|a] wind park near {city}, [tours with {drink}|kids loved it|what a view]!",
        "[Signed up|Joined] for the {brand} saving challenge, {percent} less in {month}, {who} against me!",
    ),
    jokes=(
        "The {brand} [duck|heron|sheep] sat on the meter in {city} again, [best employee|give it a badge|laughing].",
        "{who} turned off [one lamp|the kettle] and now calls himself head of {brand}, [bless|ha ha].",
        "[My kettle|Our toaster] and {brand} have [a special relationship|a date at {clock}], [hot stuff|sparks fly].",
    ),
)
