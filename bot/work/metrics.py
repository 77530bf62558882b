"""What is counted, for `/metrics`. Labels are states, never people."""

from prometheus_client import Counter, Histogram

ACK_SECONDS = Histogram(
    "sasaeai_webhook_seconds",
    "From LINE's request to our acknowledgement.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2),
)
TURN_SECONDS = Histogram(
    "sasaeai_turn_seconds",
    "Thinking about and keeping one turn.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
TURNS = Counter("sasaeai_turns_total", "Turns by outcome.", ["outcome"])
DELIVERIES = Counter("sasaeai_deliveries_total", "Calls to LINE by way and result.", ["way", "result"])
