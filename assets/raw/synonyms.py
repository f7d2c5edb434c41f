"""How cities' published request logs call what the contract calls otherwise, and what their words certainly mean.

Headers as in the exports of New York, Chicago, Boston, San Francisco, Baltimore, Austin, Kansas City, Los Angeles, Dallas, San
Antonio, Oakland, Washington, Cincinnati, New Orleans and Buffalo, without case and punctuation; the first that a file has is
the one.
"""

import re

COLUMNS: dict[str, tuple[str, ...]] = {
    "request_id": (
        *("srrecordid", "uniquekey", "caseenquiryid", "servicerequestid", "srnumber", "caseid", "servicerequestnum"),
        *("servicerequestsrnumber", "servicerequestnumber", "servicerequest", "requestnumber", "casenumber"),
        *("casereference", "ticketid", "ticketnumber", "ticket", "id"),
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
        *("requestdate", "requestdatetime", "submitteddate", "createdat", "openeddatetime", "datetimeinit", "adddate"),
        "srcreatedate",
    ),
    "resolved_at": (
        *("closedate", "closeddate", "closeddt", "closeddatetime", "closed", "dateclosed", "closedat", "resolveddate"),
        *("completiondate", "completeddate", "caseclosedate", "datetimeclosed", "resolutiondate"),
    ),
    "updated_at": (
        *("statusdate", "updateddatetime", "updated", "updateddate", "lastmodifieddate", "lastupdated"),
        *("resolutionactionupdateddate", "lastactivitydate", "lastupdatedate", "datelastupdate", "updatedate"),
        "datemodified",
    ),
    "first_response_at": ("firstresponsedate", "firstresponse", "firstreplydate", "responseddate"),
    "status": ("srstatus", "casestatus", "statusdescription", "requeststatus", "ticketstatus", "serviceorderstatus"),
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
        *("requestcategory", "reqcategory", "issuetype", "problemformerlycomplainttype", "srdescription", "typename"),
        "servicecodedescription",
        "typeofservicerequest",
    ),
    "channel": (
        *("methodreceived", "methodreceiveddescription", "opendatachanneltype", "requestsource", "source", "origin"),
        *("receivedvia", "channeltype"),
    ),
    "partner": (
        *("agency", "agencyresponsible", "responsibleagency", "ownerdepartment", "owningdepartment", "department"),
        *("dept", "deptname", "organizationacronym"),
    ),
    "duplicate_of": ("parentsrnumber", "parentid", "duplicateofid"),
}
PERSONAL = re.compile(
    r"addr|street|location|geo|latitude|longitude|coordinate|\b[xy]\b|zip|postal|phone|e-?mail|name|contact|caller|citizen"
    r"|photo|media|description|detail|comment|note|subject|question|text|block|parcel|\bbbl\b|\blot\b|outcome|intersection",
    re.IGNORECASE,
)
OPEN = {"open", "new", "in progress", "in-progress", "assigned", "pending", "started", "reopened", "acknowledged"}
OPEN |= {"received", "submitted", "assig"}  # Kansas City cuts its words off
CLOSED = {"closed", "resolved", "completed", "complete", "resol"}
KINDS = {  # what stands in parentheses after a status, or before it
    "duplicate": {"duplicate_of": "unknown"},
    "transferred": {"disposition": "referred"},
}
QUALIFIED = re.compile(r"(?P<status>[^()]+?)\s*(?:\((?P<kind>[^()]+)\))?")


def status(theirs: str) -> dict[str, str] | None:
    """What a status certainly means, as contract columns; None where that is for a person to say."""
    match = QUALIFIED.fullmatch(theirs.strip().lower().replace(" - dup", " (duplicate)"))  # Chicago up to 2018
    if not match:
        return None
    word, kind = match["status"], match["kind"]
    if word in KINDS:  # Austin: Duplicate (closed)
        word, kind = kind or "", word
    if word not in OPEN | CLOSED or not (kind is None or kind in KINDS):
        return None
    return {"status": "open" if word in OPEN else "closed"} | KINDS.get(kind or "", {})
