"""The stories of the example calls that have one of their own: the finished and the running one."""

from datetime import timedelta

from ._story import Event, LogEntry, Metric, Story, ToolCall, Turn, log_entry

_ORDER = ToolCall(
    tool_id="call_order",
    name="place_order",
    arguments={"items": "1x margherita, 2x calzone", "address": "via dell'Oriuolo 12"},
    result="Ticket 4711, ready at 10:35",
)
_TWO_MATCHES = Event(name="address_matched", metadata={"matches": "2", "distance_m": "420"})

_TRACEBACK = (
    "Traceback (most recent call last):",
    '  File "/app/agent/tools.py", line 91, in place_order',
    "    ticket = kitchen.submit(order, timeout=5)",
    '  File "/app/agent/kitchen.py", line 24, in submit',
    '    raise TimeoutError(f"no answer within {timeout} s")',
    "TimeoutError: no answer within 5 s",
)

FINISHED_SECONDS = 69.532
"""How long the finished call took."""

# One entry a line: a log is read, and checked, line by line.
# fmt: off
FINISHED = Story(
    turns=(
        Turn(role="assistant", start=0.3, end=3.4, text="Buonasera, Pizzeria Da Nonò! 🍕", tts_ttfb=0.087),
        Turn(role="user", start=3.6, end=4.75, text="una margherita e due calzoni, per favore", stt_ttfb=0.198, vad_buffer_ms=320),
        Turn(role="assistant", start=5.5, end=8.2, text="Perfetto. A che indirizzo consegniamo?", tts_ttfb=0.091),
        Turn(role="user", start=9.9, end=12.8, text="via dell'Oriuolo 12, terzo piano", stt_ttfb=0.204, vad_buffer_ms=340),
        Turn(role="system", start=12.9, end=12.9, event=_TWO_MATCHES),
        Turn(role="assistant", start=20.7, end=24.6, text="Pronto alle dieci e trentacinque. Grazie!", tool_calls=(_ORDER,), tts_ttfb=0.094),
        Turn(role="system", start=24.6, end=24.6, metric=Metric(name="order_total_eur", value=27.5)),
        Turn(role="user", start=66.1, end=67.9, text="grazie, arrivederci", stt_ttfb=0.211, vad_buffer_ms=300),
    ),
    log=(
        log_entry(0, "INFO", "agent.main:start:27", "Call ac_finished accepted from +39 055 555 0142"),
        log_entry(0.008, "DEBUG", "agent.config:load:58", "voice=sonic-warm language=it menu=2026-02"),
        log_entry(0.286, "INFO", "agent.flow:greet:41", "Saying: Buonasera, Pizzeria Da Nonò! 🍕"),
        log_entry(4.753, "INFO", "agent.flow:on_transcript:63", "Heard: una margherita e due calzoni, per favore"),
        log_entry(4.757, "DEBUG", "agent.llm:complete:112", "412 tokens in, 38 tokens out, 286 ms"),
        log_entry(5.051, "INFO", "agent.tools:add_item:33", "Basket: 1x margherita, 2x calzone"),
        log_entry(5.499, "INFO", "agent.flow:ask:77", "Saying: Perfetto. A che indirizzo consegniamo?"),
        log_entry(12.817, "INFO", "agent.flow:on_transcript:63", "Heard: via dell'Oriuolo 12, terzo piano"),
        log_entry(12.895, "WARNING", "agent.tools:find_address:51", "Two matches for the address; taking the nearer (420 m)"),
        log_entry(13.431, "INFO", "agent.tools:place_order:88", "Sending the order to the kitchen"),
        log_entry(18.437, "ERROR", "agent.tools:place_order:96", "The kitchen did not answer within 5 s"),
        *(log_entry(18.437, "", "", line) for line in _TRACEBACK),
        log_entry(19.448, "INFO", "agent.tools:place_order:88", "Sending the order to the kitchen (attempt 2 of 3)"),
        log_entry(20.113, "SUCCESS", "agent.tools:place_order:93", "Ticket 4711, ready at 10:35, total 27,50 €"),
        # Lines come from other people's code. This one would paint the rest of a terminal red and
        # write over its own beginning, where a client passed it on as it is.
        log_entry(20.117, "DEBUG", "kitchen.printer:status:9", "\x1b[31mPAPER LOW\x1b[0m 12 %\rpaper ok 100 %"),
        log_entry(20.748, "INFO", "agent.flow:confirm:102", "Saying: Pronto alle dieci e trentacinque. Grazie!"),
    ),
)

# How the running call began, before anybody watched.
_BEGINNING = (
    log_entry(0, "INFO", "agent.main:start:27", "Call ac_running accepted from +39 055 555 0177"),
    log_entry(0.3, "INFO", "agent.flow:greet:41", "Saying: Buonasera, Pizzeria Da Nonò! 🍕"),
)
_WHILE_WATCHED = (
    ("INFO", "agent.flow:on_transcript:63", "Heard: avete ancora la torta di mele?"),
    ("DEBUG", "agent.llm:complete:112", "287 tokens in, 21 tokens out, 244 ms"),
    ("WARNING", "agent.tools:stock:19", "Stock list is 14 min old"),
    ("INFO", "agent.flow:answer:84", "Saying: Sì, ne abbiamo ancora due fette."),
    ("INFO", "agent.flow:on_transcript:63", "Heard: me le tenga da parte, arrivo"),
)
# fmt: on

STEPS_WHILE_WATCHED = len(_WHILE_WATCHED) + 1
"""How many lines the running call still writes while one watches: these, and that it ended."""

_GREETING = Turn(role="assistant", start=0.3, end=3.4, text="Buonasera, Pizzeria Da Nonò! 🍕")


def running_unwatched() -> Story:
    """Return the running call's story as far as it got before anybody asked for its logs."""
    return Story(turns=(_GREETING,), log=_BEGINNING)


def running_watched(*, since: timedelta, step: timedelta) -> Story:
    """Return the running call's whole story.

    Args:
        since: When its logs appear, from the start of the call.
        step: How long after one line it writes the next, from then on.
    """
    log = [
        LogEntry(since + count * step, level, source, message)
        for count, (level, source, message) in enumerate(_WHILE_WATCHED, start=1)
    ]
    return Story(
        turns=(_GREETING, *(turn for entry in log if (turn := _turn(entry)))),
        log=(*_BEGINNING, *log),
    )


def _turn(entry: LogEntry) -> Turn | None:
    kind, _, text = entry.message.partition(": ")
    role = {"Heard": "user", "Saying": "assistant"}.get(kind)
    moment = entry.after.total_seconds()
    return Turn(role=role, start=moment, end=moment, text=text) if role else None
