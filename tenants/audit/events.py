"""The catalogue of audit events: `subject:act`, and the exact fields each carries. Names are never reused.

Fields hold ids, numbers, hashes and codes; personal data stays in the rows that the ids point to.
"""

from collections.abc import Mapping
from enum import Enum


class Event(Enum):
    """A kind of act and its fields. `tenants.audit.actions.record` raises on a missing or extra one."""

    ACCESS_DENIED = ("access:denied", {"permission", "route"})
    ACCOUNT_CREATED = ("account:created", {"user_id"})
    ACCOUNT_DEACTIVATED = ("account:deactivated", {"user_id"})
    ACCOUNT_LOCKED = ("account:locked", {"user_id"})
    ACCOUNT_PASSWORD_CHANGED = ("account:password_changed", {"user_id"})
    ACCOUNT_PIN_FAILED = ("account:pin_failed", {"user_id", "failures"})
    ACCOUNT_PIN_LOCKED = ("account:pin_locked", {"user_id"})
    ACCOUNT_PIN_SET = ("account:pin_set", {"user_id"})
    ACCOUNT_REACTIVATED = ("account:reactivated", {"user_id"})
    ACCOUNT_REVIEW_BEGUN = ("account_review:begun", set[str]())
    ACCOUNT_REVIEW_COMPLETED = ("account_review:completed", {"accounts", "accounts_ended"})
    ACCOUNT_REVIEWED = ("account:reviewed", {"user_id", "verdict"})
    ACCOUNT_SIGN_IN_FAILED = ("account:sign_in_failed", {"user_id", "failures"})
    ACCOUNT_SIGNED_IN = ("account:signed_in", {"user_id"})
    ACCOUNT_SIGNED_OUT = ("account:signed_out", {"user_id"})
    AGENCY_ADDED = ("agency:added", {"agency_id", "kind"})
    AGENCY_KEY_CONFIRMED = ("agency_key:confirmed", {"agency_id", "recipient"})
    AGENCY_KEY_REGISTERED = ("agency_key:registered", {"agency_id", "recipient"})
    AGENCY_KEY_REVOKED = ("agency_key:revoked", {"agency_id", "recipient", "reason"})
    AGENCY_VERIFIED = ("agency:verified", {"agency_id"})
    APPLICANT_CODE_ASKED = ("applicant:code_asked", set[str]())
    APPLICANT_CODE_SENT = ("applicant:code_sent", set[str]())
    APPLICANT_FORGOTTEN = ("applicant:forgotten", {"count"})
    APPLICANT_PROOF_FAILED = ("applicant:proof_failed", {"failures"})
    APPLICANT_PROVED = ("applicant:proved", set[str]())
    APPLICATION_CHECKED = (
        "application:checked",
        {"serial", "eligibility", "standing", "seen", "specific", "excluded"},
    )
    APPLICATION_DELETION_ASKED = ("application:deletion_asked", {"serial"})
    APPLICATION_FILED = ("application:filed", {"serial", "ground", "windows"})
    APPLICATION_HEAD_EXCLUDED = ("application:head_excluded", {"serial", "heads"})
    APPLICATION_LINKED = ("application:linked", {"serial", "other_id"})
    APPLICATION_ONE_PERSON = ("application:one_person", {"serial", "registered"})
    APPLICATION_PRINTED = ("application:printed", {"serial", "reason"})
    APPLICATION_REPORTED = ("application:reported", {"serial", "known_at", "reported_at"})
    APPLICATION_SIGNED = ("application:signed", {"serial", "box", "acting"})
    APPLICATION_UNLINKED = ("application:unlinked", {"serial"})
    ASSET_ENDED = ("asset:ended", {"asset_id", "how", "document"})
    ASSET_ENTERED = ("asset:entered", {"asset_id", "kind", "restricted"})
    ASSET_HANDED_OVER = ("asset:handed_over", {"asset_id", "user_id", "was"})
    ASSET_LEDGER_COPIED = ("asset:ledger_copied", {"form", "lines"})
    ASSET_MEDIA_DESTROYED = ("asset:media_destroyed", {"asset_id", "document"})
    ASSET_REPLACEMENT_PLANNED = ("asset:replacement_planned", {"asset_id", "day", "before"})
    ASSET_RESTRICTED_NOTED = ("asset:restricted_noted", {"asset_id", "document"})
    BRAND_LIFTED = ("brand:lifted", {"brand", "document"})
    BRAND_RESTRICTED = ("brand:restricted", {"brand", "document"})
    CALENDAR_DAYS_ENTERED = (
        "calendar:days_entered",
        {"kind", "first_day", "last_day", "districts", "document", "late"},
    )
    CALENDAR_DAYS_WITHDRAWN = ("calendar:days_withdrawn", {"kind", "first_day", "late"})
    CALENDAR_TEMPLATE_PUBLISHED = ("calendar:template_published", {"effective_from", "document"})
    CALENDAR_TEMPLATE_WITHDRAWN = ("calendar:template_withdrawn", {"effective_from"})
    CAMERA_ADDED = ("camera:added", {"site_id", "code", "zone"})
    CAMERA_APPROVED = ("camera:approved", {"camera_id", "check_id"})
    CAMERA_CALIBRATED = ("camera:calibrated", {"camera_id", "calibrated_at", "offset_before_ms", "offset_after_ms"})
    CAMERA_ENTRANCE_REVIEWED = ("camera:entrance_reviewed", {"camera_id", "clear", "statement"})
    CAMERA_FUNCTIONS_REVIEWED = ("camera:functions_reviewed", {"camera_id", "unmet"})
    CAMERA_MOVED = ("camera:moved", {"camera_id", "sign"})
    CAMERA_PLACE_REFUSED = ("camera:place_refused", {"place", "zone", "way"})
    CAMERA_PLAYBACK_ALLOWED = ("camera:playback_allowed", {"camera_id", "through"})
    CAMERA_RETIRED = ("camera:retired", {"camera_id"})
    CHAIN_ANCHORED = ("chain:anchored", {"day", "seq", "hash", "root", "key_id"})
    CHAIN_RESTORED = ("chain:restored", {"confirmed", "kept", "lost", "anchors", "stamps"})
    CHAIN_STAMPED = ("chain:stamped", {"day", "stamped_at", "authority", "sha256"})
    CHAIN_STARTED = ("chain:started", {"code"})
    COPIES_MISSING = ("copies:missing", {"area", "found", "count", "keys"})
    CUSTODIAN_APPOINTED = ("custodian:appointed", {"user_id", "document"})
    CUSTODY_READ = ("custody:read", {"record"})
    CUSTODY_TAKEN = ("custody:taken", {"institution_id", "document"})
    DAY_KEYS_MADE = ("day_keys:made", {"first_day", "last_day", "retention_days", "count"})
    DEPARTURE_OPENED = ("departure:opened", {"user_id", "way", "gone_on", "document"})
    DEPARTURE_SETTLED = ("departure:settled", {"user_id", "handed"})
    DEPARTURE_WITHDRAWN = ("departure:withdrawn", {"user_id"})
    DEPUTY_APPOINTED = (
        "deputy:appointed",
        {"deputy_id", "user_id", "principal_id", "role", "acting", "starts_on", "ends_on"},
    )
    DEPUTY_REVOKED = ("deputy:revoked", {"deputy_id", "user_id", "role"})
    DESIGNATION_ENDED = ("designation:ended", {"reason", "until_on"})
    DESIGNATION_MADE = ("designation:made", {"kind", "user_id", "from_on", "document"})
    DESIGNATION_RESUMED = ("designation:resumed", set[str]())
    DESTRUCTION_BEGUN = ("destruction:begun", {"civil_day", "retention_days", "segments", "bytes", "digest", "rule"})
    DESTRUCTION_CERTIFIED = (
        "destruction:certified",
        {"civil_day", "retention_days", "certificate_no", "kept_back", "sha256"},
    )
    DESTRUCTION_STOP_OVER = ("destruction:stop_over", {"stop_id"})
    DESTRUCTION_STOP_RELEASED = ("destruction:stop_released", {"stop_id", "days", "reason"})
    DESTRUCTION_STOPPED = ("destruction:stopped", {"stop_id", "kind", "days", "site"})
    DEVICE_DOUBLED = ("device:doubled", {"device_id"})
    DEVICE_ENROLLED = ("device:enrolled", {"site_id", "public_key"})
    DEVICE_REVOKED = ("device:revoked", {"device_id"})
    DEVICE_TOKEN_ISSUED = ("device:token_issued", {"site_id", "expires_at"})
    DEVICE_TOKEN_WITHDRAWN = ("device:token_withdrawn", {"site_id"})
    DISCLOSURE_CHASED = ("disclosure:chased", {"serial", "return_by"})
    DISCLOSURE_CLOSED = ("disclosure:closed", {"serial"})
    DISCLOSURE_COLLECTED = ("disclosure:collected", {"serial", "package_id", "sha256", "sealed_to"})
    DISCLOSURE_COMPLETED = ("disclosure:completed", {"serial"})
    DISCLOSURE_COPY_ENDED = ("disclosure:copy_ended", {"serial", "package_id", "how", "ended_on", "document"})
    DISCLOSURE_DECIDED = ("disclosure:decided", {"serial", "decision", "windows", "acting"})
    DISCLOSURE_FILED = ("disclosure:filed", {"serial", "agency_id", "document_number", "windows"})
    DISCLOSURE_HALTED = ("disclosure:halted", {"serial", "scope"})
    DISCLOSURE_HANDED_OVER = ("disclosure:handed_over", {"serial", "package_id", "handover_id", "sha256"})
    DISCLOSURE_LINK_ISSUED = ("disclosure:link_issued", {"serial", "package_id", "expires_at"})
    DISCLOSURE_MEDIUM_PREPARED = (
        "disclosure:medium_prepared",
        {"serial", "package_id", "handover_id", "medium", "medium_serial"},
    )
    DISCLOSURE_PASSPHRASE_FORGOTTEN = ("disclosure:passphrase_forgotten", {"serial", "package_id"})
    DISCLOSURE_PASSPHRASE_SHOWN = ("disclosure:passphrase_shown", {"serial", "package_id"})
    DISCLOSURE_REOPENED = ("disclosure:reopened", {"serial", "package_id", "reason"})
    DISCLOSURE_REOPENING_ASKED = ("disclosure:reopening_asked", {"serial", "package_id", "reason"})
    DISCLOSURE_REPLIED = ("disclosure:replied", {"serial", "reply_number", "reply_date"})
    DISCLOSURE_RETURNED = ("disclosure:returned", {"serial", "missing"})
    DISCLOSURE_REVOKED = ("disclosure:revoked", {"serial", "package_id", "reason"})
    DISCLOSURE_TAKEN_BACK = ("disclosure:taken_back", {"serial", "reason"})
    DISCLOSURE_TAKEN_OUT = ("disclosure:taken_out", {"serial", "package_id", "handover_id", "count"})
    DISCLOSURE_TOLD = ("disclosure:told", {"serial", "step", "mails"})
    DISCLOSURE_VIEWED = ("disclosure:viewed", {"serial", "viewing_id"})
    DISCLOSURE_WENT_ON = ("disclosure:went_on", {"serial", "reason"})
    DISCLOSURE_WITHDRAWN = ("disclosure:withdrawn", {"serial"})
    DOCUMENT_REACHED_OUT = ("document:reached_out", {"agency_id", "count"})
    FAULT_FOUND_AGAIN = ("fault:found_again", {"serial", "found_how"})
    FAULT_OPENED = ("fault:opened", {"serial", "kind", "found_how", "count"})
    FOOTAGE_CAMERAS_CHECKED = ("footage:cameras_checked", {"device_id", "count"})
    FOOTAGE_CONFIRMED = ("footage:confirmed", {"device_id", "segments", "bytes", "digest"})
    FOOTAGE_FOUND = (
        "footage:found",
        {"civil_day", "retention_days", "camera_id", "segments", "first", "last", "digest"},
    )
    FOOTAGE_GAPS_REPORTED = ("footage:gaps_reported", {"device_id", "count", "seconds"})
    FOOTAGE_MISMATCHED = ("footage:mismatched", {"segment_id", "camera_id", "found"})
    FOOTAGE_MISSING = (
        "footage:missing",
        {"civil_day", "retention_days", "camera_id", "found", "segments", "first", "last", "digest"},
    )
    FOOTAGE_REFUSED = ("footage:refused", {"device_id", "code", "count"})
    FOOTAGE_STORED = ("footage:stored", {"segments", "digest"})
    HOLD_CALLED_FOR = ("hold:called_for", {"hold_id", "number", "source", "from_bureau", "over_cap"})
    HOLD_COPIED = ("hold:copied", {"hold_id", "segments"})
    HOLD_DESTROYED = ("hold:destroyed", {"hold_id", "segments"})
    HOLD_ENDING = ("hold:ending", {"hold_id", "on", "reason"})
    HOLD_EXTENDED = (
        "hold:extended",
        {"hold_id", "basis", "reference", "document", "review_on", "before", "reason"},
    )
    HOLD_LAPSING = ("hold:lapsing", {"hold_id", "number"})
    HOLD_PLACED = ("hold:placed", {"hold_id", "basis", "reference", "document", "review_on", "windows", "empty"})
    HOLD_RELEASED = ("hold:released", {"hold_id", "reason"})
    HOLD_TAKEN_OVER = ("hold:taken_over", {"hold_id", "reference", "review_on", "windows"})
    HOLD_TOLD = ("hold:told", {"hold_id", "notice", "mails"})
    HOURS_DAY_WITHDRAWN = ("hours:day_withdrawn", {"site_id", "civil_day", "late"})
    HOURS_DAYS_SET = ("hours:days_set", {"site_id", "first_day", "last_day", "document", "late"})
    HOURS_SET = ("hours:set", {"site_id", "effective_from"})
    HOURS_WITHDRAWN = ("hours:withdrawn", {"site_id", "effective_from"})
    INDEX_DROPPED = ("index:dropped", {"civil_day", "retention_days"})
    INDEX_REBUILT = ("index:rebuilt", {"civil_day", "retention_days", "restored", "known", "refused", "digest"})
    INSPECTION_CANCELLED = ("inspection:cancelled", {"inspection_id"})
    INSPECTION_CAP_SET = ("inspection:cap_set", {"months", "effective_from"})
    INSPECTION_INTERVAL_SET = ("inspection:interval_set", {"site_id", "months", "effective_from"})
    INSPECTION_RECHECKED = ("inspection:rechecked", {"inspection_id", "user_id"})
    INSPECTION_RECORDED = (
        "inspection:recorded",
        {"inspection_id", "site_id", "inspected_on", "unmet", "late", "user_id"},
    )
    KEYS_COMPARED = ("keys:compared", {"destroyed", "missing", "unknown", "anchor"})
    KEYS_REWRAPPED = (
        "keys:rewrapped",
        {
            "key_id",
            "day_keys",
            "hold_keys",
            "package_keys",
            "passphrases",
            "records_keys",
            "retained_keys",
            "signing_keys",
        },
    )
    LETTER_READ = ("letter:read", {"letter_id", "disclosure_id"})
    LETTER_RECEIVED = ("letter:received", {"letter_id", "disclosure_id", "sha256", "bytes"})
    MAINTENANCE_CANCELLED = ("maintenance:cancelled", {"maintenance_id"})
    MAINTENANCE_RECORDED = ("maintenance:recorded", {"maintenance_id", "site_id", "work", "way", "user_id"})
    MASTER_KEY_ADDED = ("master_key:added", {"key_id"})
    MASTER_KEY_RETIRED = ("master_key:retired", {"key_id"})
    MASTER_KEY_USED = ("master_key:used", {"key_id"})
    MEMBERSHIP_ENDED = ("membership:ended", {"user_id", "role"})
    MEMBERSHIP_GRANTED = ("membership:granted", {"user_id", "role"})
    MEMBERSHIP_TRANSFER_SCHEDULED = ("membership:transfer_scheduled", {"user_id", "role", "on", "successor_id"})
    MEMBERSHIP_TRANSFER_WITHDRAWN = ("membership:transfer_withdrawn", {"user_id", "role"})
    MISUSE_CLOSED = ("misuse:closed", {"serial"})
    MISUSE_MEASURE_NOTED = ("misuse:measure_noted", {"serial", "kind", "document"})
    MISUSE_REPORTED = ("misuse:reported", {"serial", "kind", "discovered_at"})
    MISUSE_RESTATED = ("misuse:restated", {"serial", "was", "discovered_at", "incidents"})
    MISUSE_SUSPECTED = ("misuse:suspected", {"serial", "count"})
    MISUSE_VIEWING_LINKED = ("misuse:viewing_linked", {"serial", "viewing_id"})
    PACKAGE_BUILT = ("package:built", {"package_id", "serial", "sha256", "parts", "gaps"})
    PACKAGE_CUT_OFF = ("package:cut_off", {"package_id", "serial", "sent", "bytes"})
    PACKAGE_DESTROYED = ("package:destroyed", {"package_id", "serial"})
    PACKAGE_LACKING = ("package:lacking", {"package_id", "serial"})
    PACKAGE_SENT = ("package:sent", {"package_id", "serial", "sent", "bytes"})
    PACKAGE_WATCHED = ("package:watched", {"package_id", "serial", "part"})
    PANEL_ADOPTED = ("panel:adopted", {"site_id", "effective_from", "required", "meeting_on", "minutes"})
    PANEL_ATTENDANCE_NOTED = ("panel:attendance_noted", {"serial", "meeting_id", "attendance"})
    PANEL_CODE_ASKED = ("panel:code_asked", {"serial", "member_id"})
    PANEL_CODE_MADE = ("panel:code_made", {"serial", "member_id"})
    PANEL_CODE_REFUSED = ("panel:code_refused", {"serial", "member_id", "failures"})
    PANEL_CONVENED = ("panel:convened", {"serial", "meeting_id", "meets_at", "members"})
    PANEL_CORRECTED = ("panel:corrected", {"serial", "member_id", "was", "said"})
    PANEL_ENTERED = ("panel:entered", {"serial", "member_id"})
    PANEL_INVITED_AGAIN = ("panel:invited_again", {"serial", "member_id"})
    PANEL_LEFT = ("panel:left", {"serial", "member_id"})
    PANEL_LINK_ISSUED = ("panel:link_issued", {"serial", "member_id"})
    PANEL_MEMBER_DECLARED = ("panel:member_declared", {"serial", "member_id", "conflict", "secrecy"})
    PANEL_MEMBER_REPLACED = (
        "panel:member_replaced",
        {"serial", "meeting_id", "member_id", "by_member_id", "capacity"},
    )
    PANEL_MINUTED = ("panel:minuted", {"serial", "resolution_id", "number", "sha256"})
    PANEL_MOVED = ("panel:moved", {"serial", "meeting_id", "meets_at"})
    PANEL_OPINION_GIVEN = ("panel:opinion_given", {"serial", "member_id"})
    PANEL_RESOLVED = ("panel:resolved", {"serial", "decision", "windows"})
    PANEL_STARTED_EARLY = ("panel:started_early", {"serial", "meeting_id", "planned_at", "meets_at"})
    PANEL_STATEMENT_RECORDED = ("panel:statement_recorded", {"serial", "member_id", "secrecy", "number"})
    PANEL_TOLD = ("panel:told", {"member_id", "notice", "mails"})
    PAPER_READ = ("paper:read", {"disclosure_id", "scan_id"})
    PAPER_SCANNED = ("paper:scanned", {"disclosure_id", "scan_id", "sha256", "bytes"})
    POLICY_ADOPTED = ("policy:adopted", {"site_id", "effective_from", "retention_days", "meeting_on", "minutes"})
    POLICY_WITHDRAWN = ("policy:withdrawn", {"site_id", "effective_from"})
    RECORDS_KEY_MADE = ("records_key:made", {"recipient"})
    REGISTER_COPIED = ("register:copied", {"roc_year", "form", "lines"})
    REGISTER_CORRECTED = ("register:corrected", {"roc_year", "number", "disclosure_id"})
    REGISTER_ENTERED = ("register:entered", {"roc_year", "number", "disclosure_id"})
    REGISTER_PAPER_ENTERED = ("register:paper_entered", {"roc_year", "number", "disclosure_id"})
    REGULATION_SCHEDULED = ("regulation:scheduled", {"code", "version", "effective_from", "min_days", "document"})
    REGULATION_WITHDRAWN = ("regulation:withdrawn", {"code", "version"})
    RETAINED_CHECKED = ("retained:checked", {"copy_id", "serial", "found"})
    RETAINED_DESTROYED = ("retained:destroyed", {"copy_id", "serial", "certificate_no", "sha256"})
    RETAINED_ENDED = ("retained:ended", {"copy_id", "serial", "reason"})
    RETAINED_EXTENDED = (
        "retained:extended",
        {"copy_id", "serial", "basis", "reference", "document", "review_on", "before", "reason"},
    )
    RETAINED_KEPT = ("retained:kept", {"copy_id", "serial"})
    RETAINED_MADE = ("retained:made", {"copy_id", "serial", "sha256", "form_sha256", "bytes", "review_on"})
    RETAINED_OPENED = ("retained:opened", {"copy_id", "serial", "reason"})
    RETAINED_WATCHED = ("retained:watched", {"copy_id", "serial", "part"})
    RIGHTS_ANSWERED = ("rights:answered", {"serial", "answer", "refusal_ground"})
    RIGHTS_CARRIED_OUT = ("rights:carried_out", {"serial"})
    RIGHTS_CLOSED = ("rights:closed", {"serial"})
    RIGHTS_COPY_PREPARED = ("rights:copy_prepared", {"serial", "masked_copy_id", "medium_serial"})
    RIGHTS_COPY_READ_BACK = ("rights:copy_read_back", {"serial", "masked_copy_id", "sha256"})
    RIGHTS_COPY_SENT = ("rights:copy_sent", {"serial", "masked_copy_id", "sha256", "bytes", "whole"})
    RIGHTS_COPY_TAKEN = ("rights:copy_taken", {"serial", "masked_copy_id", "masks_sha256", "digest"})
    RIGHTS_ENTERED = ("rights:entered", {"serial", "right", "due_on"})
    RIGHTS_EXTENDED = ("rights:extended", {"serial", "due_on"})
    RIGHTS_LOOK_ALLOWED = ("rights:look_allowed", {"serial"})
    RIGHTS_LOOK_ASKED = ("rights:look_asked", {"serial"})
    RIGHTS_LOOK_BEGUN = ("rights:look_begun", {"serial", "companion_id"})
    RIGHTS_LOOK_STOPPED = ("rights:look_stopped", {"serial"})
    RIGHTS_MASKED = ("rights:masked", {"serial", "masks_sha256", "count"})
    RIGHTS_MASKS_CONFIRMED = ("rights:masks_confirmed", {"serial", "masks_sha256", "digest", "companion_id", "count"})
    RIGHTS_REVIEWED = ("rights:reviewed", {"serial", "third_parties"})
    RIGHTS_WATCHED = ("rights:watched", {"serial", "take", "masks_sha256", "digest"})
    RIGHTS_WITHDRAWN = ("rights:withdrawn", {"serial"})
    SEGMENT_DRILLED = ("segment:drilled", {"site_id", "segment_id", "civil_day", "outcome", "cause"})
    SIGNING_CERTIFICATE_MADE = ("signing_certificate:made", {"fingerprint", "ends_on"})
    SITE_ADDED = ("site:added", {"code", "profile"})
    SITE_CAPACITY_DECLARED = ("site:capacity_declared", {"site_id", "bytes"})
    SITE_NOTICE_POSTED = ("site:notice_posted", {"site_id", "posted_on"})
    SITE_SENDING_SET = ("site:sending_set", {"site_id", "kilobits", "closed", "newest_first"})
    STORE_UNRECOGNISED = ("store:unrecognised", {"area"})
    STRAY_APPROVED = ("stray:approved", {"stray_id"})
    STRAY_DESTROYED = ("stray:destroyed", {"stray_id", "form", "bytes"})
    STRAY_PROPOSED = ("stray:proposed", {"stray_id", "key", "form", "reason"})
    STRAY_REPLACED = ("stray:replaced", {"key"})
    STRAY_WITHDRAWN = ("stray:withdrawn", {"stray_id"})
    STRAYS_QUARANTINED = ("strays:quarantined", {"area", "count", "in_all", "bytes", "digest"})
    STRAYS_SETTLED = ("strays:settled", {"area", "claimed", "gone"})
    TENANT_ADDED = ("tenant:added", {"code", "kind"})
    TENANT_CLOSED = ("tenant:closed", {"closing_id", "roles", "codes"})
    TENANT_CLOSING_SCHEDULED = (
        "tenant:closing_scheduled",
        {"closing_id", "kind", "effective_from", "document", "successor_id"},
    )
    TENANT_CLOSING_WITHDRAWN = ("tenant:closing_withdrawn", {"closing_id"})
    TENANT_NAME_BEGUN = ("tenant:name_begun", {"name_id"})
    TENANT_NAME_WITHDRAWN = ("tenant:name_withdrawn", {"name_id"})
    TENANT_PHONE_CHANGED = ("tenant:phone_changed", {"phone"})
    TENANT_RENAMED = ("tenant:renamed", {"name", "district", "effective_from", "document"})
    UNDERTAKING_SIGNED = ("undertaking:signed", {"user_id", "occasion", "version", "sha256", "paper"})
    UPKEEP_PACKED = ("upkeep:packed", {"first_day", "last_day", "form"})
    VIEWING_APPOINTED = ("viewing:appointed", {"serial", "starts_at"})
    VIEWING_BEGUN = ("viewing:begun", {"serial", "viewing_id", "companion_id", "session"})
    VIEWING_BREACHED = ("viewing:breached", {"serial", "viewing_id", "kind"})
    VIEWING_CALLED_OFF = ("viewing:called_off", {"serial", "starts_at"})
    VIEWING_CONFIRMED = ("viewing:confirmed", {"serial", "viewing_id", "companion_id"})
    VIEWING_ENDED = ("viewing:ended", {"serial", "viewing_id", "kind", "number", "signed"})
    VIEWING_HANDED_OVER = ("viewing:handed_over", {"serial", "viewing_id", "was", "companion_id"})
    VIEWING_MARKED = ("viewing:marked", {"serial", "viewing_id", "window_id", "taken_at"})
    VIEWING_OPENED = ("viewing:opened", {"serial", "viewing_id", "window_id", "take"})
    VIEWING_PAUSED = ("viewing:paused", {"serial", "viewing_id", "kind", "stopped_at"})
    VIEWING_RESUMED = ("viewing:resumed", {"serial", "viewing_id", "companion_id"})
    VIEWING_TRACED = ("viewing:traced", {"code", "reason", "viewings", "openings"})
    VIEWING_UNMARKED = ("viewing:unmarked", {"serial", "viewing_id", "window_id", "taken_at"})
    ZONE_ASSESSED = ("zone:assessed", {"assessment_id", "zone", "decision"})
    ZONE_ASSESSMENT_WITHDRAWN = ("zone:assessment_withdrawn", {"assessment_id"})
    ZONE_CAMERA_LINKED = ("zone:camera_linked", {"assessment_id", "camera_id"})
    ZONE_CONFIRMED = ("zone:confirmed", {"assessment_id"})
    ZONE_PRIVACY_NOTED = ("zone:privacy_noted", {"assessment_id"})

    def __init__(self, key: str, fields: set[str]) -> None:
        self.key = key
        self.fields = frozenset(fields)


BY_KEY: Mapping[str, Event] = {event.key: event for event in Event}
