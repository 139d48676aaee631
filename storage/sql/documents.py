"""Records that are read whole, as rows: a payload beside the columns that it is found by."""

from core.records import (
    Delivery,
    Incident,
    IncidentEvent,
    Job,
    Merge,
    Narrative,
    Notification,
    Silence,
)
from storage.sql.rows import Values


def incident_values(incident: Incident) -> Values:
    """Return the row of an incident."""
    return {
        "id": incident.id,
        "brand": incident.brand,
        "opened_at": incident.opened_at,
        "closed_at": incident.closed_at,
        "payload": incident,
    }


def event_values(event: IncidentEvent) -> Values:
    """Return the row of one line of a timeline."""
    return {"id": event.id, "incident_id": event.incident_id, "at": event.at, "payload": event}


def notification_values(notification: Notification) -> Values:
    """Return the row of a notification."""
    return {
        "id": notification.id,
        "incident_id": notification.incident_id,
        "created_at": notification.created_at,
        "outcome": notification.outcome,
        "payload": notification,
    }


def delivery_values(delivery: Delivery) -> Values:
    """Return the row of a delivery."""
    return {
        "id": delivery.id,
        "notification_id": delivery.notification_id,
        "status": delivery.status,
        "at": delivery.at,
        "payload": delivery,
    }


def silence_values(silence: Silence) -> Values:
    """Return the row of a silence."""
    return {
        "id": silence.id,
        "created_at": silence.created_at,
        "until": silence.until,
        "payload": silence,
    }


def job_values(job: Job) -> Values:
    """Return the row of a job."""
    return {
        "id": job.id,
        "created_at": job.created_at,
        "state": job.state,
        "kind": job.kind,
        "payload": job,
    }


def narrative_values(narrative: Narrative) -> Values:
    """Return the row of a narrative."""
    return {
        "id": narrative.id,
        "brand": narrative.brand,
        "last_at": narrative.last_at,
        "merged_into": narrative.merged_into,
        "payload": narrative,
    }


def merge_values(merge: Merge) -> Values:
    """Return the row of a merge."""
    return {
        "id": merge.id,
        "narrative_id": merge.narrative_id,
        "into_id": merge.into_id,
        "brand": merge.brand,
        "at": merge.at,
    }
