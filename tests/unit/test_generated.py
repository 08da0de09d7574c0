"""What the forked templates and the added ruff rules do to the generated layer."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable

import pytest

import cartesia_api
from cartesia_api import models
from cartesia_api.types import UNSET
from cartesia_calls import AgentCall

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
def test_models_and_request_functions_do_without_httpx(statement: str) -> None:
    assert not _loaded_after(statement) & {"httpx", "httpcore", "cartesia_api.client"}


def test_a_model_is_imported_when_it_is_first_asked_for() -> None:
    loaded = _loaded_after("from cartesia_api import models; models.AgentCallLogs")
    of_models = {name for name in loaded if name.startswith("cartesia_api.models.")}
    assert of_models == {"cartesia_api.models.agent_call_logs"}


def test_an_operation_imports_the_models_of_its_answers_alone() -> None:
    loaded = _loaded_after("from cartesia_api.api.agents import agents_get_call_logs")
    of_models = {name for name in loaded if name.startswith("cartesia_api.models.")}
    assert of_models == {
        "cartesia_api.models.agent_call_logs",
        "cartesia_api.models.agents_get_call_logs_response_404",
    }


def test_every_name_is_there_and_no_other() -> None:
    assert all(isinstance(model, type) for model in ALL_MODELS)
    assert set(models.__all__) <= set(dir(models))
    assert cartesia_api.Client.__name__ == "Client"
    assert {"AuthenticatedClient", "Client"} <= set(dir(cartesia_api))
    for package in (models, cartesia_api):
        with pytest.raises(AttributeError, match="no attribute 'Nope'"):
            package.Nope  # noqa: B018 - wrong on purpose


@pytest.mark.parametrize(
    "made_of",
    [
        copy.copy,
        copy.deepcopy,
        lambda one: pickle.loads(pickle.dumps(one)),  # noqa: S301 - made here
    ],
)
def test_unset_is_one_object(made_of: Callable[[object], object]) -> None:
    call = AgentCall(id="ac_1", agent_id="agent_1", status="completed")
    again = made_of(call)
    assert again == call
    assert isinstance(again, AgentCall)
    assert again.summary is UNSET
    assert repr(UNSET) == "UNSET"
