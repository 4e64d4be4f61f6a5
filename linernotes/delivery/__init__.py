"""Brings packages to the places that are agreed with partners, and keeps a record of each go.

What is in a package is made and checked in `packages`; nothing is written into one here.
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
