"""Delivers packages to the targets agreed with partners, and records each delivery run.

`packages` writes and checks packages; this part does not change them.
"""

from linernotes.delivery.attempts import RetryPolicy
from linernotes.delivery.records import (
    AS_BEFORE,
    DELIVERED,
    FAILED,
    NO_TARGET,
    REFUSED,
    SentFile,
    Shipment,
    shipments,
)
from linernotes.delivery.shipping import deliver_packages
from linernotes.delivery.status import (
    DeliveryStatus,
    delivery_status,
    failed_packages,
    newest_packages,
    unknown_partners,
)

__all__ = [
    "AS_BEFORE",
    "DELIVERED",
    "FAILED",
    "NO_TARGET",
    "REFUSED",
    "DeliveryStatus",
    "RetryPolicy",
    "SentFile",
    "Shipment",
    "deliver_packages",
    "delivery_status",
    "failed_packages",
    "newest_packages",
    "shipments",
    "unknown_partners",
]
