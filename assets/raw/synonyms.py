"""How cities' published request logs call what the contract calls otherwise, and what their words certainly mean.

Headers as in the exports of New York, Chicago, Boston, San Francisco and Baltimore, without case and punctuation; the first
that a file has is the one.
"""

import re

COLUMNS: dict[str, tuple[str, ...]] = {
    "request_id": (
        *("srrecordid", "uniquekey", "caseenquiryid", "servicerequestid", "srnumber", "caseid", "servicerequestnum"),
        *("servicerequestnumber", "requestnumber", "casenumber", "ticketid", "ticketnumber", "ticket"),
    ),
    "submitted_at": (
        *(
            "createddate",
            "opendt",
            "requesteddatetime",
            "opened",
            "datecreated",
            "creationdate",
            "opendate",
            "dateopened",
        ),
        *("requestdate", "requestdatetime", "submitteddate", "createdat"),
    ),
    "resolved_at": (
        *("closedate", "closeddate", "closeddt", "closeddatetime", "closed", "dateclosed", "closedat", "resolveddate"),
        *("completiondate", "completeddate"),
    ),
    "updated_at": (
        *("statusdate", "updateddatetime", "updated", "updateddate", "lastmodifieddate", "lastupdated"),
        *("resolutionactionupdateddate", "lastactivitydate"),
    ),
    "first_response_at": ("firstresponsedate", "firstresponse", "firstreplydate", "responseddate"),
    "status": ("srstatus", "casestatus", "statusdescription", "requeststatus", "ticketstatus"),
    "topic": (
        *(
            "srtype",
            "complainttype",
            "casetitle",
            "servicename",
            "category",
            "requesttype",
            "servicerequesttype",
            "type",
        ),
        *("requestcategory", "issuetype"),
    ),
    "channel": ("methodreceived", "opendatachanneltype", "source", "origin", "receivedvia"),
    "partner": ("agency", "agencyresponsible", "responsibleagency", "ownerdepartment", "department"),
    "duplicate_of": ("parentsrnumber", "parentid", "duplicateofid"),
}
PERSONAL = re.compile(
    r"addr|street|location|geo|latitude|longitude|coordinate|\b[xy]\b|zip|postal|phone|e-?mail|name|contact|caller|citizen"
    r"|photo|media|description|detail|comment|note|subject|question|text|block|parcel|\bbbl\b|\blot\b|outcome|intersection",
    re.IGNORECASE,
)
OPEN = {"open", "new", "in progress", "in-progress", "assigned", "pending", "started", "reopened"}
CLOSED = {"closed", "resolved", "completed"}
KINDS = {  # what stands in parentheses after a status
    "duplicate": {"duplicate_of": "unknown"},
    "transferred": {"disposition": "referred"},
}
QUALIFIED = re.compile(r"(?P<status>[^()]+?)\s*(?:\((?P<kind>[^()]+)\))?")


def status(theirs: str) -> dict[str, str] | None:
    """What a status certainly means, as contract columns; None where that is for a person to say."""
    match = QUALIFIED.fullmatch(theirs.strip().lower())
    if not match or not (match["status"] in OPEN | CLOSED and (match["kind"] is None or match["kind"] in KINDS)):
        return None
    ours = "open" if match["status"] in OPEN else "closed"
    return {"status": ours} | KINDS.get(match["kind"] or "", {})
