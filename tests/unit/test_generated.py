"""Effects of the forked templates and of the added ruff rules on the generated layer."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

import cartesia_api
from cartesia_api import models
from cartesia_calls import UNSET, AgentCall, AgentCallLogs

ALL_MODELS = [getattr(models, name) for name in models.__all__]


def _loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import cartesia_api",
        "from cartesia_api.models import AgentCallLogs",
        "from cartesia_api.api.agents import agents_get_call_logs",
    ],
)
def test_models_and_request_functions_do_not_import_httpx(statement: str) -> None:
    assert not _loaded_after(statement) & {"httpx", "httpcore", "cartesia_api.client"}


def test_a_model_is_imported_when_it_is_first_requested() -> None:
    loaded = _loaded_after("from cartesia_api import models; models.AgentCallLogs")
    of_models = {name for name in loaded if name.startswith("cartesia_api.models.")}
    assert of_models == {"cartesia_api.models.agent_call_logs"}


def test_an_operation_imports_only_the_models_of_its_responses() -> None:
    loaded = _loaded_after("from cartesia_api.api.agents import agents_get_call_logs")
    of_models = {name for name in loaded if name.startswith("cartesia_api.models.")}
    assert of_models == {
        "cartesia_api.models.agent_call_logs",
        "cartesia_api.models.agents_get_call_logs_response_404",
    }


def test_exactly_the_listed_names_exist() -> None:
    assert all(isinstance(model, type) for model in ALL_MODELS)
    assert set(models.__all__) <= set(dir(models))
    assert cartesia_api.Client.__name__ == "Client"
    assert {"AuthenticatedClient", "Client"} <= set(dir(cartesia_api))
    for package in (models, cartesia_api):
        with pytest.raises(AttributeError, match="no attribute 'Nope'"):
            package.Nope  # noqa: B018 - wrong on purpose


def _copied(call: AgentCall) -> AgentCall:
    return copy.copy(call)


def _copied_deep(call: AgentCall) -> AgentCall:
    return copy.deepcopy(call)


def _pickled(call: AgentCall) -> AgentCall:
    again: AgentCall = pickle.loads(pickle.dumps(call))  # noqa: S301 - made here
    return again


@pytest.mark.parametrize(
    "made_of",
    [_copied, _copied_deep, _pickled],
)
def test_unset_is_one_object(made_of: Callable[[AgentCall], AgentCall]) -> None:
    call = AgentCall(id="ac_1", agent_id="agent_1", status="completed")
    again = made_of(call)
    assert again == call
    assert again.summary is UNSET
    assert repr(UNSET) == "UNSET"


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
A_CALL = {"id": "ac_1", "agent_id": "agent_1", "status": "completed"}


def test_the_repr_of_a_model_shows_set_attributes() -> None:
    call = AgentCall.from_dict(A_CALL | {"summary": None, "end_reason": "error", "later": 7})
    assert repr(call) == (
        "AgentCall(id='ac_1', agent_id='agent_1', status='completed', summary=None, "
        "end_reason='error', additional_properties={'later': 7})"
    )


def test_the_repr_of_a_long_log_is_short() -> None:
    logs = AgentCallLogs("ac_1", ["line " * 100] * 20_000, NOON)
    assert "19998 more" in repr(logs)
    assert len(repr(logs)) < 400


TURN = {"role": "user", "start_timestamp": 0.0, "end_timestamp": 1.0, "text": "word " * 1000}


@pytest.mark.parametrize(
    "fields",
    [
        {"transcript": [TURN] * 1000},
        {"summary": "word " * 10_000},
        {"metadata": {f"name {n}" * 100: "word " * 1000 for n in range(1000)}},
        {"later": [[[TURN] * 100] * 100] * 100},
        {"later": {"in": {"in": {"in": {"in": TURN}}}}},
        {"later": 10**1000},
        {"telephony_params": {"headers": {f"x-{n}": "word " * 100 for n in range(1000)}}},
    ],
)
def test_the_repr_of_any_call_is_short(fields: dict[str, object]) -> None:
    assert len(repr(AgentCall.from_dict(A_CALL | fields))) < 800


def test_a_long_repr_shortens_inner_models_to_their_names() -> None:
    call = AgentCall.from_dict(A_CALL | {"transcript": [TURN] * 3})
    assert "transcript=[AgentTranscript(…), AgentTranscript(…), … 1 more]" in repr(call)
    bare = AgentCall.from_dict(A_CALL | {"telephony_params": {"to": "+15555550100"}})
    assert "telephony_params=TelephonyParams(to='+15555550100')" in repr(bare)
