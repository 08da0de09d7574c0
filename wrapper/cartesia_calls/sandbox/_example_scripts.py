"""What the example agents talk about: an invented pizzeria's and an invented clinic's."""

from ._script import Hears, Says, Step
from ._story import Event, Metric, ToolCall

ORDER: tuple[Step, ...] = (
    Says(text="Buonasera, Pizzeria Da Nonò! Come posso aiutarla?", seconds=3.1),
    Hears(text="Buonasera, vorrei due margherite da asporto.", seconds=3.4),
    Says(
        text="Due margherite, sono quindici euro. A che nome?",
        seconds=3.8,
        tool=ToolCall(
            tool_id="call_basket",
            name="add_item",
            arguments={"item": "margherita", "quantity": "2"},
            result="15,00 €",
        ),
    ),
    Hears(text="Bianchi.", seconds=1.1),
    Event(name="order_placed", metadata={"items": "2", "pickup": "true"}),
    Metric(name="order_total_eur", value=15.0),
    Says(text="Perfetto, signora Bianchi: pronte fra venti minuti.", seconds=3.6),
    Hears(text="Grazie mille, a dopo.", seconds=1.7),
    Says(text="Grazie a lei, buona serata!", seconds=2.0),
)

TABLE: tuple[Step, ...] = (
    Says(text="Buonasera, Pizzeria Da Nonò! Come posso aiutarla?", seconds=3.1),
    Hears(text="Avete un tavolo per quattro, sabato sera?", seconds=3.0),
    Says(
        text="Sabato alle otto è tutto pieno. Alle nove e un quarto andrebbe bene?",
        seconds=4.9,
        tool=ToolCall(
            tool_id="call_tables",
            name="find_table",
            arguments={"day": "saturday", "people": "4"},
            result="21:15",
        ),
    ),
    Hears(text="Sì, va bene. A nome Rossi, e abbiamo un seggiolone da chiedere.", seconds=4.6),
    Event(name="table_booked", metadata={"people": "4", "note": "high chair"}),
    Says(text="Ecco fatto: quattro persone, alle nove e un quarto, con seggiolone.", seconds=5.0),
    Hears(text="Ottimo, grazie.", seconds=1.2),
    Says(text="A sabato!", seconds=1.0),
)

OPENING_HOURS: tuple[Step, ...] = (
    Says(text="Buonasera, Pizzeria Da Nonò! Come posso aiutarla?", seconds=3.1),
    Hears(text="Fino a che ora siete aperti stasera?", seconds=2.4),
    Metric(name="intent_confidence", value=0.97),
    Says(text="La cucina chiude alle undici, signore.", seconds=2.7),
    Hears(text="Perfetto, grazie.", seconds=1.3),
    Says(text="A presto!", seconds=0.9),
)

REMINDER: tuple[Step, ...] = (
    Says(text="Hello, this is Hillside Dental about your appointment tomorrow.", seconds=4.2),
    Hears(text="Oh, right. At ten, wasn't it?", seconds=2.2),
    Says(
        text="Yes, at ten with Dr. Okafor. Shall I confirm it?",
        seconds=3.5,
        tool=ToolCall(
            tool_id="call_diary",
            name="find_appointment",
            arguments={"patient": "4127"},
            result="10:00, Dr. Okafor",
        ),
    ),
    Hears(text="Please do.", seconds=0.9),
    Event(name="appointment_confirmed", metadata={"patient": "4127"}),
    Metric(name="seconds_to_confirmation", value=11.4),
    Says(text="It is confirmed. Goodbye!", seconds=2.0),
)

ANOTHER_DAY: tuple[Step, ...] = (
    Says(text="Hello, this is Hillside Dental about your appointment tomorrow.", seconds=4.2),
    Hears(text="I can't make it, I'm afraid. Is there anything on Thursday?", seconds=4.1),
    Says(
        text="There is a quarter past two on Thursday. Would that suit you?",
        seconds=4.0,
        tool=ToolCall(
            tool_id="call_diary",
            name="find_free_slot",
            arguments={"day": "thursday"},
            result="14:15",
        ),
    ),
    Hears(text="Yes, that's fine.", seconds=1.4),
    Event(name="appointment_moved", metadata={"to": "thursday 14:15"}),
    Says(text="Then it's Thursday at a quarter past two. Goodbye!", seconds=3.3),
)
