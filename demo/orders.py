"""The orders that the eight steps may have: (5a) follows (5), and that is all; and what the clients have done."""

TRANSACTIONS = (12, 30, 7, 51)
ORDERS = (
    ("1", "2", "3", "4", "5", "5a", "6", "7", "8"),
    ("1", "2", "3", "4", "5", "6", "5a", "7", "8"),
    ("1", "2", "3", "4", "5", "6", "7", "5a", "8"),
    ("1", "2", "3", "4", "5", "6", "7", "8", "5a"),
)
