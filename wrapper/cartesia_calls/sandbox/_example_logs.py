"""The log lines of the example calls: an invented pizzeria's voice agent.

Their shape is loguru's default one, which many agents write; the API itself promises no shape.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

FINISHED_UPDATED_AT = datetime(2026, 3, 1, 10, 1, 9, 702000, tzinfo=UTC)

FINISHED_LOGS = (
    "2026-03-01 10:00:00.123 | INFO     | agent.main:start:27 - Call ac_finished accepted from +39 055 555 0142",
    "2026-03-01 10:00:00.131 | DEBUG    | agent.config:load:58 - voice=sonic-warm language=it menu=2026-02",
    "2026-03-01 10:00:00.409 | INFO     | agent.flow:greet:41 - Saying: Buonasera, Pizzeria Da Nonò! 🍕",
    "2026-03-01 10:00:04.876 | INFO     | agent.flow:on_transcript:63 - Heard: una margherita e due calzoni, per favore",
    "2026-03-01 10:00:04.880 | DEBUG    | agent.llm:complete:112 - 412 tokens in, 38 tokens out, 286 ms",
    "2026-03-01 10:00:05.174 | INFO     | agent.tools:add_item:33 - Basket: 1x margherita, 2x calzone",
    "2026-03-01 10:00:05.622 | INFO     | agent.flow:ask:77 - Saying: Perfetto. A che indirizzo consegniamo?",
    "2026-03-01 10:00:12.940 | INFO     | agent.flow:on_transcript:63 - Heard: via dell'Oriuolo 12, terzo piano",
    "2026-03-01 10:00:13.018 | WARNING  | agent.tools:find_address:51 - Two matches for the address; taking the nearer (420 m)",
    "2026-03-01 10:00:13.554 | INFO     | agent.tools:place_order:88 - Sending the order to the kitchen",
    "2026-03-01 10:00:18.560 | ERROR    | agent.tools:place_order:96 - The kitchen did not answer within 5 s",
    "Traceback (most recent call last):",
    '  File "/app/agent/tools.py", line 91, in place_order',
    "    ticket = kitchen.submit(order, timeout=5)",
    '  File "/app/agent/kitchen.py", line 24, in submit',
    '    raise TimeoutError(f"no answer within {timeout} s")',
    "TimeoutError: no answer within 5 s",
    "2026-03-01 10:00:19.571 | INFO     | agent.tools:place_order:88 - Sending the order to the kitchen (attempt 2 of 3)",
    "2026-03-01 10:00:20.236 | SUCCESS  | agent.tools:place_order:93 - Ticket 4711, ready at 10:35, total 27,50 €",
    # Lines come from other people's code. This one would paint the rest of a terminal red and
    # write over its own beginning, where a client passed it on as it is.
    "2026-03-01 10:00:20.240 | DEBUG    | kitchen.printer:status:9 - \x1b[31mPAPER LOW\x1b[0m 12 %\rpaper ok 100 %",
    "2026-03-01 10:00:20.871 | INFO     | agent.flow:confirm:102 - Saying: Pronto alle dieci e trentacinque. Grazie!",
    "2026-03-01 10:01:09.655 | INFO     | agent.main:stop:139 - Call ended: client_hangup after 69.5 s",
)


@dataclass(frozen=True)
class RunningLine:
    """A line still to be written: its level, where in the agent it comes from, and its text."""

    level: str
    source: str
    message: str

    def written_at(self, moment: datetime) -> str:
        """Return the whole line as loguru writes it at that moment."""
        stamp = moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
        return f"{stamp} | {self.level: <8} | {self.source} - {self.message}"


RUNNING_LINES = (
    RunningLine("INFO", "agent.main:start:27", "Call ac_running accepted from +39 055 555 0177"),
    RunningLine("INFO", "agent.flow:greet:41", "Saying: Buonasera, Pizzeria Da Nonò! 🍕"),
    RunningLine("INFO", "agent.flow:on_transcript:63", "Heard: avete ancora la torta di mele?"),
    RunningLine("DEBUG", "agent.llm:complete:112", "287 tokens in, 21 tokens out, 244 ms"),
    RunningLine("WARNING", "agent.tools:stock:19", "Stock list is 14 min old"),
    RunningLine("INFO", "agent.flow:answer:84", "Saying: Sì, ne abbiamo ancora due fette."),
    RunningLine("INFO", "agent.flow:on_transcript:63", "Heard: me le tenga da parte, arrivo"),
    RunningLine("INFO", "agent.main:stop:139", "Call ended: client_hangup"),
)
