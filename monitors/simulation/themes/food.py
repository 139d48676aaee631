# ruff: noqa: E501 - a phrase stays on one line, however many choices it has
"""Words about a food maker; its storm: a recall that came too late."""

from monitors.simulation.themes.trade import Theme, Trade

_SLOTS = {
    "product": (
        "[oat|granola|muesli] bars",
        "the [tomato|pumpkin|lentil] soup",
        "[baby|fruit] puree",
        "the [hazelnut|cocoa] spread",
        "[frozen|spinach] pizza",
        "the [strawberry|vanilla|peach] yoghurt",
        "[rice|corn] cakes",
        "the pesto",
        "the hummus",
    ),
    "thing": (
        "[bits|splinters] of [metal|glass|plastic]",
        "mould",
        "a screw",
        "something grey",
        "a wire",
        "maggots",
        "glue",
    ),
    "shop": (
        "the shop in {city}",
        "my corner shop",
        "the supermarket",
        "the canteen",
        "the school kitchen",
        "the market",
    ),
    "ill": (
        "sick",
        "in hospital",
        "vomiting {since}",
        "in A&E in {city}",
        "covered in a rash",
        "off school with cramps",
    ),
}

_RECALL = Theme(
    claims=(
        "[Found|I found] {thing} in {product} from {brand}, bought at {shop} {daypart}.",
        "{who} is {ill} after eating {product} by {brand}.",
        "{brand} knew about {thing} in {product} {since} and [said nothing|kept selling|hid it].",
        "Why is {product} from {brand} still on the shelf at {shop} when [it was recalled|people are {ill}]?",
        "[My kid|My toddler|{who}] bit on {thing} in {product}. {brand} offers [a coupon|{small_amount}|a 'sorry'].",
        "{brand} recalls {product} {weeks} after the first [complaint|child was {ill}]. [Too late|Weeks|Profit first].",
        "[We ate|The kids ate|{who} ate] {product} {daypart}. Then I read that {brand} found {thing} in it. [Sick with worry|I'm shaking].",
        "The batch number of {product} isn't on {brand}'s list, but there IS {thing} in it, [photo below|I have photos|bag kept].",
        "{shop} never heard of the {brand} recall, they sold {who} {product} {daypart}.",
        "{brand} [quietly|secretly] changed the recall page for {product} [at {clock}|{daypart}|{num} times].",
        "[Opened|I opened] {product} for {occasion}: {thing}. Thanks to {brand} [the party is over|{num} guests are {ill}].",
        "{brand} wants me to POST {product} with {thing} to {city} before they [believe me|refund {small_amount}].",
        "[A whole|The whole] class in {city} is {ill}, all had {product} from {brand}.",
        "No warning, no call, no sign at {shop}. {brand} let us eat {product} with {thing} {since}.",
    ),
    details=(
        "[The doctor|A doctor in {city}|The clinic] [has seen|counted] {num} [cases|children] {since}.",
        "Best before {month}, bought at {shop}, [receipt kept|{small_amount}|still half full].",
        "[Mine is|Ours is] from batch [A|B|C|L|K][1|2|3|4|5|6|7|8|9][0|1|2|3|4|5|6|7|8|9][1|3|5|7], [not listed|they say it's 'fine'].",
        "[The teeth|A tooth] of {who} cost {amount} to fix.",
        "[Allergic|Nut-allergic] people [could die|end up {ill}] from this.",
        "The recall is on page {num} of their site, [in grey on white|below the recipes|as a PDF].",
        "[They|{contact}] asked me to ['stay positive'|delete the photo|keep it 'between us'].",
        "I threw out [everything|{num} packs|all of it] from {brand}, {small_amount} in the bin.",
    ),
    headlines=(
        "{brand} recalls {product} after [reports of|customers find] {thing}",
        "[Parents|Customers] in {city} [accuse|blame] {brand}: recall of {product} 'came [{weeks}|far] too late'",
        "[Food agency|Inspectors] [visit|examine] {brand} plant in {city} over {thing}",
    ),
    leads=(
        "[Several|{num}] people were {ill} after eating {product}, [a clinic in {city} said|the agency confirmed on {weekday}].",
        "[Documents|Emails] suggest {brand} [knew|was told] {since}, [the company denies it|a spokesperson would not comment].",
        "[Shops|Retailers] in {city} [kept selling|still sold] the batch {daypart}, {name}, [a mother of two|a shop owner], [says|reports].",
    ),
    questions=(
        "Which batches of {product} does the {brand} recall [cover|include], [ours is from {month}|bought at {shop}]?",
        "[Anyone else|Has anybody in {city}] heard that {product} from {brand} [were|was] pulled?",
        "Do I [take|bring] {product} by {brand} back to {shop} [without a receipt|if it's open]?",
    ),
)

TRADE = Trade(
    slots=_SLOTS,
    storms={"recall": _RECALL},
    gripes=(
        "{brand} made {product} [smaller|{percent} smaller] at the same price, [cheeky|rip-off|cheats].",
        "The new recipe for {product} by {brand} [tastes of soap|is far too sweet|is awful], [bring the old one back|why].",
        "{product} from {brand} [was stale|leaked all over my bag|arrived squashed] [again|from {shop}], [annoying|horrible].",
        "{small_amount} for {product} at {shop}? {brand} has [lost it|gone mad].",
        "[Half empty|Half air], that's {product} by {brand}, [so disappointing|a scam].",
        "{brand} stopped making {product}, {who} is [gutted|upset|sad], [stupid decision|why].",
        "Can't open {product} from {brand} without [scissors|a saw|tears], {bad} packaging.",
        "{product} by {brand} [expired|went off] {num} days before the date, [disgusting|yuck].",
        "Palm oil in {product}, {brand}? [Really|In this day and age]? [Ashamed of you|Bad choice|Disappointed].",
    ),
    praise=(
        "{product} by {brand} with {drink} [after work|on a {weekday}|in the {weather}], {good}.",
        "[Finally|At last] found {product} from {brand} at {shop}, {good}, [bought {num}|stocked up].",
        "[My kids|{who}] [loves|asked for more of] {product} from {brand}, [healthy and|simply] {good}.",
        "{brand} replaced {product} and added [{num} packs|a handwritten card from {name}], {good}.",
        "[Best|The best] {product} [in {city}|I ever had|of the year]: {brand}. {thanks}",
        "The {brand} stand in {city} was {good}, [free tastings|{name} shared recipes|kids got aprons].",
        "Vegan, [cheap|local] and {good}: {product} from {brand}, [breakfast sorted|{occasion} snack].",
    ),
    questions=(
        "Is {product} by {brand} [vegan|gluten free|nut free|suitable for a {num}-month-old]?",
        "Where in {city} can I [buy|find] {product} from {brand}?",
        "How long does {product} by {brand} keep [once opened|in the freezer]?",
        "[What goes|What do you serve] with {product} from {brand} for {num} people?",
        "Can {who} [bake|cook] with {product} by {brand} [at [160|180|200|220] degrees|in an air fryer]?",
    ),
    remarks=(
        "[Lunch|Dinner|Snack] today: {product} from {brand}, {drink}, {weather}.",
        "{shop} moved {brand} to aisle {num}, next to {product}.",
        "[Swapped|Trading] my {product} by {brand} for {who}'s sandwich.",
        "[Unpacking|Put away] the shopping, {num} of {product} from {brand} for {occasion}.",
        "{brand} has a [truck|stand] outside the station in {city} until {clock}.",
    ),
    headlines=(
        "{brand} [invests|to invest] in [plant|bakery|warehouse] in {city}",
        "{brand} [lists|brings] {product} in [{num} hundred|more] shops from {month}",
        "{brand} [sales|revenue] [up|down] {percent} in {month}",
        "{brand} [names|appoints] {name} as head of [recipes|logistics|nutrition]",
    ),
    leads=(
        "The company [said|wrote] on {weekday} that work [begins|ends] in {month} and [adds|moves] {num} lines.",
        "Demand for {product} [changed|moved] by {percent}, [the trade body in {city} reports|figures for {month} show].",
        "{name} [joins from|previously worked in] {city} and starts in {month}.",
    ),
    launch=(
        "[Tried|Just tried] the new {product} by {brand}, [rhubarb|chilli|sea salt|miso] edition, [love it|interesting|get it quick]!",
        "{brand} is handing out {product} at the station in {city} [until {clock}|right now], [run|go go|I got {num}]!",
        "[New|Fresh] from {brand}: {product} with [lemon|ginger|popping candy|cardamom], {who} already [ate {num}|hid a pack]!",
        "[Limited edition|The {month} box] by {brand} is out at {shop}, [mine|secured|who got one]?",
    ),
    jokes=(
        "{who} [proposed with|wrapped|labelled] {product} from {brand}, [I said yes|classic|still laughing].",
        "My [dog|cat|toddler] [ranks|guards] {product} by {brand} above [me|{who}|sleep], [fair|ha ha].",
        "[Day {num}|Hour {num}]: the {product} from {brand} [know my name|have unionised|look back at me].",
    ),
)
