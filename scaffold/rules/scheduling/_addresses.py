"""What an address, or a name around a request, tells of what the request does."""

from __future__ import annotations

import re

from scaffold.core.patterns import regex

# POST that asks instead of doing: models, searches, tokens, checks.
ASKING = regex(
    r"openai|anthropic|claude|gemini|generativelanguage|groq|mistral|openrouter|cohere|together\.|perplexity"
    r"|api\.x\.ai|deepseek|voyage|elevenlabs|deepgram|assemblyai|replicate|fal\.(run|ai)|stability|hugging"
    r"|tavily|exa\.ai|firecrawl|serper|ollama|\bllm\b|cerebras|fireworks|jina\.ai|runpod|modal\.run|vertex"
    r"|graphql|\bgql\b|search|/query|token|oauth|embed|completion|verif|introspect|validat|lookup|log-?in\b|/auth"
    r"|session|generat|translat|predict|infer|analy[sz]|/parse|extract|scrape|crawl|preview|quote|estimate"
    r"|calculat|/rpc|revoke|transcri|summar|classif|moderat|batchget|tts|speech|geocod|maps\.|captcha"
    r"|turnstile|umami|plausible|posthog|segment\.|analytics|sentry|telemetry|/logs?\b|mixpanel|axiom|presign|revalidat"
    r"|/ping|/health|/pull\b|cloudconvert|convertapi|gotenberg|virustotal|(?<![a-z])dify|/pdf(?![a-z])|/scans?\b|(?<!/)/list\b|_keys?\b|[/_]get_|(?-i:(?<!/)/(?:get|list|find|fetch|count)(?![a-z]))"
    r"|/initiali[sz]e\b|/render(?![a-z])|(?-i:/\w+\.(?:get|list|find|fetch|count)[A-Z])",
    re.IGNORECASE,
)
ASKING_WORDS = {
    "prompt",
    "max_tokens",
    "temperature",
    "embedding",
    "embeddings",
    "grant_type",
    "jsonrpc",
    "response_mode",
}
MODEL_WORDS = {"model", "messages"}
# Addresses where a second time changes nothing more: what is gone, joined or set already, what has a name of
# its own, what is brought to agree with something else, links that are only looked at, and alerts.
SETTLED = regex(
    r"/delete|/remove|/forget|/resolve(?![\w/-])|/disable|/cancel|/deactivate|/archive|/unsubscribe|/newsletter|/typing\b|sendChatAction|eventsub"
    r"|/git/refs|/_bulk\b|/settle\b|/(?:join|leave)\b|/reconcile\b|/domains?\b|/subscribed_apps|/account_links|/login_links"
    r"|/(?:message_?|whatsapp_?|configs/)templates?(?![\w/-])"
    r"|/enable|/uninstall|/(?:register|metadata|redeploy|restart|refresh|re-?sync|report-?usage|usage/report)(?![\w/-])"
    r"|secretmanager\.|/ephemeral_keys|/setup_intents|/alerts?\b|/editMessage|slack\.com/api/(?:chat\.(?:update|delete)"
    r"|reactions\.|conversations\.(?:join|open)|views\.(?:publish|update))"
    r"|://[\w.-]*pdf|/(?:[a-z]+[-_]?)?status(?![\w/-])|/(?:presence|read|seen|mark_?(?:as_?)?(?:read|seen))(?![\w/-])"
    r"|/reactions?(?![\w-])|/(?:tags|labels)(?![\w/-])"
    r"|/(?:approve|complete|accept|reject|decline|close|finali[sz]e|void|acknowledge|activate|resume|pause)(?![\w/-])",
    re.IGNORECASE,
)
# What a service does once for an address or a name, by a part of where it is and what is made there.
TAKEN = (
    ("/repos/", regex(r"(?<!/)/(?:hooks|releases|pulls|git/refs)(?![\w./])")),
    ("api.brevo.", regex(r"/contacts(?![\w/])")),
    ("api.resend.", regex(r"/contacts(?![\w/])")),
    ("api.mailchimp.", regex(r"/members(?![\w/])")),
    ("app.loops.so", regex(r"/contacts/create(?![\w/])")),
    ("api.beehiiv.", regex(r"/subscriptions(?![\w/])")),
    ("api.convertkit.", regex(r"/subscribe(?:rs)?(?![\w/])")),
    ("api.kit.com", regex(r"/subscribers(?![\w/])")),
    ("a.klaviyo.", regex(r"/profiles(?![\w/])")),
    ("/admin/api/", regex(r"/webhooks(?:\.json)?(?![\w/])")),  # of Shopify
    ("api.hubapi.", regex(r"/contacts(?:/batch/create)?(?![\w/])")),
    ("api.paystack.", regex(r"/(?:customer|transferrecipient)(?![\w/])")),
    ("api.clerk.", regex(r"/users(?![\w/])|/invitations(?![\w/])")),
    ("api.cloudflare.", regex(r"/(?:zones|custom_hostnames|domains|dns_records)(?![\w/])")),
    ("api.line.me", regex(r"/message/reply(?![\w/])")),  # by a token that is good for one reply
    # What is to be paid, by whoever is sent there; the second is never paid.
    ("api.razorpay.", regex(r"/v\d/orders(?![\w/])")),
    ("polar.sh", regex(r"/(?:checkouts|customers)(?![\w/])")),
    ("creem.io", regex(r"/checkouts(?![\w/])")),
    ("lemonsqueezy.com", regex(r"/checkouts(?![\w/])")),
    ("dodopayments.com", regex(r"/checkouts(?![\w/])")),
    ("paypal.com", regex(r"/checkout/orders(?![\w/])")),
    ("billplz", regex(r"/bills(?![\w/])")),
)
# What a service does once for a name that it is given, by where that is.
TAKEN_NAMES = (("api.daily.co/v1/rooms", "name"),)
# Routes of this very deployment, which know by themselves what they have done already.
OURS = regex(r"\bCONVEX_(?:SITE|CLOUD)_URL\b")
TYPING = regex(r"(?:^|[^a-z])[Tt]yping|(?<=[a-z])Typing")  # the sign that somebody is writing
# What is on or off for somebody, and stays so: `likePost`.
MARKING = regex(r"_*(?:un)?(?:like|follow|star|bookmark|mute|block|pin|react)(?=[A-Z_]|$)")
SEEN = {"read", "seen", "delivered"}  # `{ status: "read" }`: the ticks beside a message
HERE = regex(r"://(?:localhost|127\.|0\.0\.0\.0|\[::1\])")  # something that is watched while it is written
ELSEWHERE = regex(r"://[\w-]+\.\w")  # a host that stands there, and is not told by the deployment
HOST = regex(r"://((?:[\w-]+\.)+[\w-]+)(?=[/:?\s]|$)")
SETTING = ("api.stripe.com/v1/", "api.xero.com/api.xro/")  # a POST to an object sets what it says
DELETING = {
    "delete",
    "remove",
    "disable",
    "enable",
    "deactivate",
    "ban",
    "revoke",
    "archive",
}  # `{ action: "delete" }`: once it is gone, it stays gone
# Commands of Redis, sent as JSON, that come to the same when they are sent again.
REPEATED_COMMANDS = {"DEL", "UNLINK", "EXPIRE", "SETEX", "HSET", "HDEL", "SADD", "SREM", "ZREM"}
DOING = regex(r"pay|charg|order|mail|sms|send|invoice|refund|transfer|book|subscri|hook|notif", re.IGNORECASE)
# What changes something for somebody each time, as an address says it.
DOES = regex(
    r"send|(?<!con)sent|notif|creat|charg|pay(?!load)|(?<![bd])order|(?<!face)book(?!mark)|refund|transfer|invoice"
    r"|subscri|preapprov|sms|mail|messag|alert|hook|trigger|dispatch|submit|issue(?!r)|ticket|publish|post(?!hog|gres|code|man)|push"
    r"|insert|append|(?<![a-z])add(?!r)|invit|remind|digest|announc|broadcast|blast|deploy|provision|redeem|purchase"
    r"|checkout|fulfil|shipment|(?<![a-z])print|payout|(?<![a-z])mint|withdraw|deposit|reserv|schedul|enqueue|comment"
    r"|reply|tweet|(?<![a-z])msgs?(?![a-z])|/feed(?![\w/-])|/notes|/events|/calls|place\w*call|make\w*call|usage|(?<![a-z])track(?![\w/-])|ingest"
    r"|stripe\.com|/sobjects/",
    re.IGNORECASE,
)
# An address with words of its own: `/convert`, not `/api/v1` or `/run`.
WORDED = regex(
    r"(?<![:/])/(?!(?:api|v\d[\d.]*|run|process|exec(?:ute)?|invoke|call|internal|functions?)(?![\w-]))[a-zA-Z]"
)
# The same as a name says it, in words of their own: `sendReceipt`, not `backfillPurchases`.
# Nouns tell only where they come first: `smsGuests`, not `setSmsHook`.
DOES_BY_NAME = regex(
    r"(?:^|_|(?<=[a-z0-9])(?=[A-Z]))(?:[sS]end|[cC]reate|[aA]dd|[iI]nsert|[aA]ppend|[sS]ubmit|[pP]ublish|[nN]otify"
    r"|[cC]harge|[pP]ay|[rR]efund|[tT]ransfer|[iI]ssue|[dD]ispatch|[iI]nvite|[rR]emind|[bB]roadcast"
    r"|[aA]nnounce|[dD]eploy|[pP]rovision|[rR]edeem|[pP]urchase|[mM]int|[wW]ithdraw|[dD]eposit|[rR]eserve|[eE]nqueue"
    r"|[rR]eply|[tT]weet|[dD]eliver)(?![a-z])"
    r"|^_*(?:post|push|alert|print|schedule|comment|order|book|e?mail|sms|message|buy|place)(?![a-z])"
)
# Names of functions that only ask for something: `fetchTolls`, not `getOrCreateOrder`.
ASKS = regex(
    r"(?:get|fetch|list|find|search|look_?[uU]p|estimate|calculate|compute|preview|poll|probe|summari[sz]e"
    r"|analy[sz]e|classify|translate|transcribe)(?![a-z])|generate\w*(?:Summary|Title|Insights?|Embeddings?|PDF|Pdf|Preview)$"
)
ACTS = regex(r"And[A-Z]|Or[A-Z]|Creat|Send|Charge|Pay(?:ment|out)?|Order|Notif")
# Helpers that hand on what they are given: `stripeFetch`, `callApi`, `withRetry`.
HANDING_ON = regex(
    r"^_*(?:fetch|request|api|http|call(?:[A-Z_]\w*)?|with[A-Z]\w*|(?:do|make|raw|signed)[A-Z]\w*)?$"
    r"|(?:Fetch|Request|Api|API|Http|HTTP|Call|Post|Retry|Client|Json|JSON)$"
)
# Who is asked, by what the code around calls it: `sendMessageToClaude`.
MODELS = regex(
    r"openai|chat_?gpt|anthropic|claude|gemini|mistral|deepseek|ollama|dify|(?<![a-z])llm", re.IGNORECASE
)
# `postPipeline`, `sendRequest`: the name says how, and not what.
HOW = regex(
    r"^_*(?:(?:do|make)P|p)ost(?=$|[A-Z_])"
    r"|^_*(?:send|dispatch)(?:[aA]pi|[hH]ttp|[rR]aw|[sS]igned|_)*(?:[rR]equest|[jJ]son|JSON|[hH]ttp)(?![a-z])"
)
# A hook or a subscription to events that is set to an address: the second time it is there, or refused.
HOOKING = regex(
    r"^_*(?:set|set_?[uU]p|configure|register|enable|ensure|update)(?=[A-Z_])\w*(?:[wW]eb)?(?:[hH]ook|[sS]ubscription|[cC]allback)s?"
)
# `POST /users`: a collection is posted to, to make one more of it. Behind `/users/` an id may follow.
COLLECTION = regex(
    r"(?<![:/])/(?!\w*(?:status|metrics|insights|stats|settings|preferences|analysis|results|credentials)\b)"
    r"[a-zA-Z_-]*[a-rt-z]s(?:\.json)?/?(?=$|[\s?#])"
)
MUTATION = regex(r"\s*mutation\s*(?:\w+\s*)?[({]")  # of GraphQL
# Services that take what comes under the same name for the same, and the field that says it.
NAMED_BY = {"cloudinary": "public_id", "/frame-notifications": "notificationId"}
# What an endpoint of one's own is given to know the work by, in the whole of what it is sent.
WORK = regex(
    r"(?:run|job|task|execution|attempt|event|message|delivery|transaction|batch|campaign|broadcast|blast)_?id",
    re.IGNORECASE,
)
# A name of one's own for what is sent, by which a provider of payments or a ledger refuses the second.
REFERENCE = regex(
    r"(?:(?:client|merchant|payment|transaction|transfer|txn?|trx|external)_?)?ref(?:erence)?(?:_?(?:id|no|number))?",
    re.IGNORECASE,
)
# What somebody is to pay later, and the number of one's own for it.
BILLS = regex(r"/(?:invoices?|checkouts?)(?![\w/-])", re.IGNORECASE)
NUMBER = regex(r"(?:merchant_?)?order_?(?:id|no|number)", re.IGNORECASE)
