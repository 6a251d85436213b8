"""A report of a mail server about a mail that it could not deliver (RFC 3464), as Postfix writes them."""

_REPORT = """\
From: MAILER-DAEMON@mx.school.test (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@shouyuan.test
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: {type}; report-type=delivery-status; boundary="cut"

--cut
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--cut
Content-Description: Delivery report
Content-Type: {status_type}

Reporting-MTA: dns; mx.school.test
X-Postfix-Queue-ID: 4XyZ
Arrival-Date: Mon, 30 Nov 2026 07:00:00 +0800 (CST)

Final-Recipient: rfc822; handler@school.test
Original-Recipient: rfc822;handler@school.test
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--cut
Content-Type: text/rfc822-headers

Subject: x
--cut--
"""


def report(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    kind: str = "multipart/report",
    status_type: str = "message/delivery-status",
) -> bytes:
    """One, of a final failure unless told otherwise."""
    said = _REPORT.format(action=action, status=status, type=kind, status_type=status_type)
    return said.replace("\n", "\r\n").encode()
