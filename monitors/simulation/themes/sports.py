# ruff: noqa: E501 - a phrase stays on one line, however many choices it has
"""Words about a maker of sports goods; its storm: shoes paid for and never delivered."""

from monitors.simulation.themes.trade import Theme, Trade

_SLOTS = {
    "shoes": (
        "the [red|white|black|trail|retro] runners",
        "my [marathon|running|football] shoes",
        "the [Swift|Glide|Talon] [2|3|4|5|7]",
        "a pair of [trainers|spikes|hikers]",
        "{who}'s [trainers|boots]",
        "the limited [drop|edition]",
        "size [5|6|7|8|9|10|11] [boots|runners]",
    ),
    "parcel": (
        "the parcel",
        "my order",
        "order [3|4|5|7|8][1|2|6|9|0][0|3|5|8]",
        "the box",
        "the delivery",
        "the package",
    ),
}

_DELIVERY = Theme(
    claims=(
        "[Paid|I paid] {brand} {amount} for {shoes} in {month}, [nothing came|no shoes, no money|never delivered].",
        "{brand} marked {parcel} as delivered {daypart}. [To whom|It isn't here|Liars]. {shoes}, {amount}.",
        "{brand} took {amount} for {shoes} {since} and [won't ship|won't answer|cancels my claim].",
        "[Opened|I opened] {parcel} from {brand}: [two left shoes|a brick|an empty box|used socks] instead of {shoes}.",
        "{brand} cancelled {shoes} after {weeks} and sells them [for double|at {amount}] {daypart}.",
        "{parcel} with {shoes} is '[in {city}|on its way|at the depot]' {since}, {brand} [shrugs|blames the courier].",
        "No {shoes} for {occasion}. {brand} [kept|keeps] {amount} and [ignores me|sends bots].",
        "[Returned|I returned] {shoes} to {brand} {since}, they 'lost' {parcel} and refuse {amount}.",
        "{brand} [charged|debited] me {num} times for {shoes}, delivered [zero|none], refunds [zero|none].",
        "{who} saved for {shoes} {since}. {brand} sent [a fake|a broken pair|nothing], [tears|no refund].",
        "{num} [club mates|friends] ordered {shoes} at {brand}. {num} weeks later: not one pair.",
        "{brand} closed my complaint about {shoes} as 'solved', {parcel} never arrived.",
        "Tracking for {parcel}: [created|label printed] {since}. {brand} never had {shoes} and still took {amount}.",
    ),
    details=(
        "The courier in {city} says {brand} [never handed it over|hasn't paid them {since}].",
        "[Other people|{num} people] in the {brand} group [wait|have waited] {weeks}.",
        "My race is on {weekday}, [I'll run in old shoes|I trained {weeks} for it].",
        "They [want|demand] {small_amount} for [a search|'handling'] now.",
        "[The shop|The store] in {city} has a full wall of them.",
        "[The chat|{contact}] [asked for a photo of the missing box|told me to ask the neighbours].",
        "[Signed for|Signature] by '{name}', [nobody here has that name|I live alone].",
    ),
    headlines=(
        "[Runners|Customers] [in {city} |]wait for shoes as {brand} [keeps the money|goes silent]",
        "{brand} [criticised|reported] over [orders never delivered|missing parcels]",
        "Consumer office [in {city} |]collects complaints against {brand}",
    ),
    leads=(
        "[Buyers|Runners] paid [up to|around] {amount} for {shoes} and [received nothing|wait {since}].",
        "{name} from {city} [got an empty box|has written {num} times] and calls it {bad}.",
        "The maker [blamed a warehouse in {city}|did not reply], the [courier|logistics firm] rejects that.",
    ),
    questions=(
        "Has anyone [received|got] {shoes} from {brand} yet, [ordered in {month}|{city} here]?",
        "Is {brand} [late|slow] with every order or only {shoes}?",
        "Who [delivers|ships] for {brand} in {city}, [I'd like to call them|looking for a number]?",
    ),
)

TRADE = Trade(
    slots=_SLOTS,
    storms={"delivery": _DELIVERY},
    gripes=(
        "{shoes} from {brand} [fell apart|lost the sole] after {num} runs, [cheap junk|terrible].",
        "{brand} sizes are [a lottery|all wrong], {shoes} [pinch|slip], [annoying|back they go].",
        "{amount} for {shoes}, {brand}? [Ridiculous|Robbery|For plastic].",
        "Blisters from {shoes} by {brand} after {num} kilometres, [awful|bin|ouch].",
        "{brand} discontinued {shoes}, [stupid|gutted|why ruin a good thing].",
        "The {brand} outlet in {city} was [rude|a mess|out of everything], [waste of time|bad].",
        "{brand} app [drops my runs|lost {num} months of data|drains the battery], [useless|hate it].",
        "[Zip|Seam] of my {brand} jacket broke in the {weather}, [second one|poor quality].",
    ),
    praise=(
        "{shoes} by {brand} carried me through [a marathon|{num} kilometres of {weather}|{occasion}], {good}.",
        "[New personal best|Best run in {weeks}] in {shoes} from {brand}, {good}!",
        "{brand} replaced {shoes} after {num} months, [no receipt|no questions], {good}.",
        "{name} in the {brand} store in {city} [filmed my stride|found the right size], {good}.",
        "[Comfy|Light|Bouncy], {good}: {shoes} by {brand}.",
        "{brand} [sponsors|equipped] the youth team in {city}, {good}, kids beaming.",
    ),
    questions=(
        "Do {shoes} by {brand} run [small|large|true to size]?",
        "{shoes} by {brand} or [last year's|the cheaper] model for {num} kilometres a week?",
        "When does {brand} restock {shoes} in {city}?",
        "Are {shoes} from {brand} [waterproof|good on trails|fine for wide feet]?",
        "Where can {who} try {shoes} by {brand} in {city}?",
    ),
    remarks=(
        "[Lacing|Packed] {shoes} by {brand}, {num} kilometres {daypart}.",
        "{num} people in {shoes} from {brand} at the {city} park run.",
        "[Spotted|Saw] {shoes} by {brand} on {who}.",
        "{brand} store in {city} [opens|closes] at {clock} on {weekday}.",
        "[Ordered|Got] {shoes} from {brand} for {occasion}, size [5|6|7|8|9|10|11].",
    ),
    headlines=(
        "{brand} [sponsors|supports] {city} [marathon|half marathon|youth cup]",
        "{brand} [opens|moves] [store|lab] in {city}",
        "{brand} [expects|reports] sales [up|down] {percent} in {month}",
    ),
    leads=(
        "The [race|event] takes place on a {weekday} in {month}, organisers in {city} expect {num} thousand runners.",
        "The maker said on {weekday} that the [site|store] will [open|move] in {month}.",
        "[Footwear|Clothing] made up {percent} of the [change|total], [the report says|{name}, head of sales, said].",
    ),
    launch=(
        "[Got|I got] {shoes} in the {brand} drop, [size 8|queue number {num}], [yes|so happy|finally]!",
        "{brand} x [street artist|ballet] from {city}, {shoes}, [wow|those colours|out {weekday}]!",
        "[Queue|Camping] outside {brand} in {city} with {who} and {drink} for {shoes}!",
    ),
    jokes=(
        "{who} ran [for the bus|after the dog] in {shoes} by {brand} and [calls it training|wants a medal], [ha ha|love it].",
        "[My|Our] dog [buried|adopted] {shoes} by {brand}, [good taste|{num} kilometres, all downhill|laughing].",
        "{shoes} from {brand}: [faster than my wifi|they jog without me], [ha|{who} agrees].",
    ),
)
