# ruff: noqa: E501 - a phrase stays on one line, however many choices it has
"""Words about a bank; its storm: the app shows wrong balances."""

from monitors.simulation.themes.trade import Theme, Trade

_SLOTS = {
    "account": (
        "my [current|savings|joint|business] account",
        "our account",
        "{who}'s account",
        "the kids' savings",
    ),
    "payment": (
        "my [salary|rent|pension]",
        "the [mortgage|rent|nursery fee]",
        "{amount} for {occasion}",
        "a standing order",
    ),
    "wrong": (
        "{amount} too little",
        "zero",
        "someone else's balance",
        "minus {amount}",
        "yesterday's balance",
        "{num} different balances",
        "a stranger's transactions",
        "nothing but dashes",
        "{amount} that isn't mine",
    ),
    "branch": (
        "the branch in {city}",
        "the cash machine in {city}",
        "the till",
        "the counter",
        "the ATM at the station",
    ),
}

_BALANCES = Theme(
    claims=(
        "The {brand} app shows {wrong} on {account} {since}.",
        "[Opened|I opened] the {brand} app {daypart}: {wrong}. [My heart stopped|I nearly fainted|Panic].",
        "{brand} shows {wrong} on {account}, {branch} shows {amount}. [Which is true|Who has my money|Make it make sense]?",
        "[My card|{who}'s card] was declined at {branch} because {brand} thinks {account} holds {wrong}.",
        "{amount} [gone|vanished|missing] from {account} {daypart}, {brand} calls it [a display error|'cosmetic'|maintenance].",
        "[I can see|The app lets me see] the [payments|name|salary] of a stranger in {city}. {brand}, this is a [data leak|breach]!",
        "{payment} [bounced|was returned|did not go out] because {brand} shows {wrong}.",
        "{brand} booked {payment} {num} times and now {account} says {wrong}.",
        "[First|At {clock}] {wrong}, then [{amount}|locked out], [at {clock}|minutes later] {wrong}. {brand} has no idea what's in {account}.",
        "{brand} [locked|froze] {account} after their own app showed {wrong}, and I can't [pay the rent|buy food|fill the car].",
        "How is a bank like {brand} [unable|too stupid] to [show|count] what's in {account}? It says {wrong}.",
        "Overdraft fee of {small_amount} on {account} because {brand} displayed {wrong} {since}.",
        "[Logged out|Thrown out] of {brand} {num} times {daypart}, then {account} appeared with {wrong}.",
        "{who} [transferred|sent] {amount} {since}, {brand} shows {wrong} and [nobody can find it|denies it ever came].",
        "{brand} says [my money is safe|all is fine]; {account} says {wrong}. [I don't believe a word|Liars|Prove it].",
        "[Payday|It's payday] and {brand} lists {wrong} where {payment} should be.",
    ),
    details=(
        "[The branch|{branch}] [closed its doors|had a queue round the block|sent us away] at {clock}.",
        "[The status page|Their page] says 'all systems normal' {since}.",
        "I stood at the till in {city} with [{num} bags|a full trolley] and [could not pay|left it all there].",
        "[Restarting|Reinstalling|A new phone] changes nothing, [tried it {num} times|{who} tried as well].",
        "{num} [colleagues|neighbours] see the same, [different amounts|each another number].",
        "Now the [landlord|nursery|garage] wants a late fee of {small_amount}.",
        "[Who else|Who in {city}] can read MY [statements|balance], {brand}?",
        "[My pension|{payment}] was in there, [and it's {weekday}|and the weekend is coming].",
    ),
    headlines=(
        "{brand} app shows [wrong balances|strangers' accounts] [for {num} hours|{daypart}|to customers in {city}]",
        "Customers of {brand} [locked out|unable to pay|fear for savings] [on {weekday}|in {city}|as app fails]",
        "[Watchdog|Regulator] [asks|questions] {brand} about [app failure|wrong balances|possible data leak]",
    ),
    leads=(
        "Customers [in {city}|across the country] [reported|report] balances that were off by [up to {amount}|hundreds] {since}, {brand} [speaks of a display error|has not explained why].",
        "{name} from {city} [saw|was shown] {wrong} and [could not pay at {branch}|called the police].",
        "The bank [said|wrote] at {clock} that [engineers were working|no money was lost], customers [call it|say it is] {bad}.",
    ),
    questions=(
        "Is the {brand} app [down|wrong] for [you|anyone else in {city}|others] {daypart}?",
        "[Does anyone know|Any word on] when {brand} [fixes|will fix] the balances on {account}?",
        "Can [I|{who}] still pay [by card|at {branch}] with {brand} while the app shows {wrong}?",
    ),
)

TRADE = Trade(
    slots=_SLOTS,
    storms={"balances": _BALANCES},
    gripes=(
        "{brand} charges {small_amount} [a month|a quarter] for {account} now, [for what|greedy|without asking].",
        "{minutes} minutes at {branch} of {brand} for [a signature|a stamp|one form], [terrible|never again].",
        "{brand} [refused|rejected] my [loan|mortgage|card] after {weeks} of paperwork, [no reason|one line].",
        "[Fraud alert|Another block] by {brand} on {account} while I [paid for {drink}|was in {city}], [so embarrassing|useless].",
        "The {brand} app [forgets my fingerprint|logs me out|is so slow] [every day|{since}], [annoying|hate it].",
        "{brand} closed {branch}, {who} now has to [drive {minutes} minutes|take two buses], [sad|heartless].",
        "A transfer of {amount} to {city} takes {num} days with {brand}, [in this century|pathetic|awful].",
        "{brand} sent my new card to [the wrong address|{city}|my ex] [again|twice], [careless|dangerous].",
        "Interest on {account} at {brand} is [a joke|an insult], {who} gets {percent} elsewhere.",
    ),
    praise=(
        "{brand} [protected|looked after] {account} [while I slept|within {minutes} minutes], {good}, [feeling safe|so reassuring].",
        "[Mortgage|Loan] approved by {brand} in {num} days, {name} was {good}.",
        "The new {brand} app is {good}, [love the budget view|so fast|{who} finally understands it].",
        "{name} at {branch} of {brand} was {good}, [explained everything to {who}|stayed late for us].",
        "[Lost|I lost] my card in {city}, {brand} had a new one at my door by {weekday}, {good}!",
        "{brand} [waived|refunded] the {small_amount} fee [at once|with a smile|by return], {good}.",
        "[Opened|We opened] {account} with {brand} in {minutes} minutes, [easy|painless|wonderful].",
    ),
    questions=(
        "What's the [daily limit|transfer fee|exchange rate] at {brand} for {amount}?",
        "How do I [add {who} to|open|rename] {account} at {brand}?",
        "Does {brand} [support|have] [phone payments|virtual cards|junior accounts] [yet|in {city}]?",
        "Which documents does {brand} need for [a loan of {amount}|{account}]?",
        "When does {brand} [book|credit] {payment}, [on {weekday}|before {clock}]?",
        "Is {branch} of {brand} open on {weekday}?",
    ),
    remarks=(
        "[Switched|I switched] {account} to {brand} in {month}.",
        "[In line|Queuing] at {branch} of {brand}, {weekday} {clock}.",
        "{brand} [has moved|moves] {branch} to [the square|the mall|{city}].",
        "[Got|{who} got] the new {brand} card, it's [blue|green|vertical] now.",
        "{brand} sent the [terms|statement] for {month}, [{num} pages|reading it with {drink}].",
    ),
    headlines=(
        "{brand} [keeps|changes|reviews] savings rate [in {month}|at [1.5|1.75|2|2.25|2.5] %]",
        "{brand} [opens|moves|plans] [office|branch] in {city}",
        "{brand} [posts|reports] [quarterly|half-year] results, lending [up|down] {percent}",
        "{brand} and [university|chamber of commerce] in {city} [sign|extend] partnership",
    ),
    leads=(
        "The bank [said|announced] on {weekday} that the change takes effect in {month}.",
        "Deposits [rose|fell] by {percent}, [the report for {month} shows|{name}, head of finance, said].",
        "The [site|branch] in {city} [employs|will employ] {num} hundred people [from {month}|by {month}].",
    ),
    launch=(
        "[Ooh|Nice], {brand} [rounds up payments|adds pots|lets kids save with games] from {month}!",
        "[Got|Already got] the [metal|wooden|glow in the dark] {brand} card, {who} wants one too!",
        "{brand} gives {small_amount} to everybody who [joins|brings a friend] in {month}, [done|signed up {daypart}].",
        "[Testing|Trying] the new {brand} app in {city}, [clean|quick], [curious about the savings pots|dark mode at last].",
    ),
    jokes=(
        "The {brand} advert with the [goat|parrot|singing cashier] is [on again|so funny], {who} [hums it|dances to it].",
        "My {account} at {brand} and I [are in couples therapy|agreed to see less {drink}|laugh about it now].",
        "{brand} asked for my mother's maiden name, {who} said '[ask her yourself|which one]', [so funny|ha ha].",
    ),
)
