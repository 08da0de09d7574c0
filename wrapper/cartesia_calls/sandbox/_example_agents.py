"""The example agents, as the spec's `AgentSummary` has them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from ._example_ids import ExampleAgents

PIZZERIA_NUMBER = "+390555550100"
CLINIC_NUMBER = "+15555550100"

_IDS = ExampleAgents()
_NAMES = {
    _IDS.busy: "Pizzeria Da Nonò",
    _IDS.quiet: "Hillside Dental reminders",
    _IDS.idle: "Untitled agent",
}


def example_agents(born: datetime) -> dict[str, Mapping[str, object]]:
    """Return the agents' summaries by id; their times are told back from `born`."""
    pizzeria = _agent(_IDS.busy, born - timedelta(days=120)) | {
        "description": "Takes orders and bookings by phone and on the web page.",
        "updated_at": (born - timedelta(days=9)).isoformat(),
        "tts_language": "it",
        "webhook_id": "wh_orders",
        "git_repository": {"provider": "github", "account": "da-nono", "name": "voice-agent"},
        "git_deploy_branch": "main",
        "phone_numbers": [{"id": "pn_pizzeria", "number": PIZZERIA_NUMBER}],
        "deployment_count": 7,
    }
    clinic = _agent(_IDS.quiet, born - timedelta(days=60)) | {
        "description": "Calls patients on the day before.",
        "phone_numbers": [{"id": "pn_clinic", "number": CLINIC_NUMBER}],
        "has_text_to_agent_run": True,
        "deployment_count": 1,
    }
    draft = _agent(_IDS.idle, born - timedelta(days=2))
    return {str(agent["id"]): agent for agent in (pizzeria, clinic, draft)}


def agent_of_call(agent_id: str) -> Mapping[str, str]:
    """Return what a call's record tells of its agent and of the deployment that ran."""
    name = agent_id.removeprefix("agent_")
    return {
        "agent_name": _NAMES[agent_id],
        "deployment_id": f"ad_{name}",
        "deployment_version_id": f"av_{name}",
        "deployment_region": "eu-west",
    }


def _agent(agent_id: str, created_at: datetime) -> dict[str, object]:
    """Return a new agent, of which little is known yet."""
    return {
        "id": agent_id,
        "name": _NAMES[agent_id],
        "description": None,
        "created_at": created_at.isoformat(),
        "updated_at": created_at.isoformat(),
        "tts_voice": "voice_warm",
        "tts_language": "en",
        "webhook_id": None,
        "deleted_at": None,
        "git_repository": None,
        "git_deploy_branch": None,
        "phone_numbers": None,
        "has_text_to_agent_run": False,
        "deployment_count": 0,
    }
