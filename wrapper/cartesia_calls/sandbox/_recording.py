"""Recordings: a tone in place of voices."""

import io
import math
import wave

_HERTZ = 8000
_TONE_HERTZ = 440
_MIDDLE = 128
_LOUDNESS = 40


def recording(seconds: float) -> bytes:
    """Return a WAV file of a tone: mono, 8 kHz, 8 bits, as long as asked."""
    # A whole number of waves fits into a second, so that seconds join without a click.
    wave_step = 2 * math.pi * _TONE_HERTZ / _HERTZ
    second = bytes(
        _MIDDLE + round(_LOUDNESS * math.sin(wave_step * index)) for index in range(_HERTZ)
    )
    samples = round(seconds * _HERTZ)
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(1)
        writer.setframerate(_HERTZ)
        writer.writeframes((second * (samples // _HERTZ + 1))[:samples])
    return file.getvalue()
