"""The verbs about event objects, registrations and notification ports."""

from __future__ import annotations

import contextlib
import select
from typing import Any

import vestibule
from vestibule import EventObject, NetworkEvents, NotificationPort, WinsockError

Fields = dict[str, str]


def read_mask(text: str) -> NetworkEvents:
    """A set of network events."""
    mask = NetworkEvents(0)
    for name in [] if text == "-" else text.split(","):
        mask |= NetworkEvents[name.removeprefix("FD_")]
    return mask


def write_event(event: NetworkEvents, error: WinsockError | None) -> str:
    """The spelling of one event with its error."""
    name = f"FD_{event.name}"
    return name if error is None else f"{name}:{error.name}"


def seconds(fields: Fields) -> float | None:
    """The time-out of a wait, or None for no limit."""
    return int(fields["timeout"]) / 1000 if "timeout" in fields else None


class Registry:
    """Event objects and ports by name, and the sockets that messages name."""

    def __init__(self) -> None:
        self.objects: dict[str, EventObject] = {}
        self.ports: dict[str, NotificationPort] = {}
        self.sockets: dict[int, str] = {}

    def object(self, name: str) -> EventObject | None:
        """The event object of that name; None for none."""
        return None if name == "-" else self.objects[name]

    def port(self, name: str) -> NotificationPort | None:
        """The port of that name; None for none."""
        return None if name == "-" else self.ports[name]

    def clear(self) -> None:
        """Closes everything and forgets it."""
        for event in self.objects.values():
            with contextlib.suppress(WinsockError):
                event.close()
        for port in self.ports.values():
            with contextlib.suppress(WinsockError):
                port.close()
        self.objects.clear()
        self.ports.clear()
        self.sockets.clear()


class EventVerbs:
    """What a lane does about network events."""

    events: Registry

    def socket(self, fields: Fields) -> vestibule.Socket:
        """The socket that a request is about."""
        raise NotImplementedError

    def do_event_create(self, fields: Fields, **_: Any) -> None:
        self.events.objects[fields["event"]] = EventObject()

    def do_event_set(self, fields: Fields, **_: Any) -> None:
        self.events.objects[fields["event"]].set()

    def do_event_reset(self, fields: Fields, **_: Any) -> None:
        self.events.objects[fields["event"]].reset()

    def do_event_close(self, fields: Fields, **_: Any) -> None:
        self.events.objects[fields["event"]].close()

    def do_event_wait(self, fields: Fields, **_: Any) -> Fields:
        names = [] if fields["events"] == "-" else fields["events"].split(",")
        objects = [self.events.objects[name] for name in names]
        if fields.get("all") == "1":
            return {"ended": str(int(vestibule.wait_all(objects, seconds(fields))))}
        found = vestibule.wait_any(objects, seconds(fields))
        if found is None:
            return {"ended": "0"}
        return {"ended": "1", "index": str(objects.index(found))}

    def do_event_poll(self, fields: Fields, **_: Any) -> Fields:
        port = "port" in fields
        watched = self.events.ports[fields["port"]] if port else self.events.objects[fields["event"]]
        poll = select.poll()
        poll.register(watched.fileno(), select.POLLIN)
        return {"ended": str(int(bool(poll.poll(int(fields["timeout"])))))}

    def do_event_select(self, fields: Fields, **_: Any) -> None:
        event = self.events.object(fields["event"])
        self.socket(fields).event_select(event, read_mask(fields["mask"]))

    def do_enum_events(self, fields: Fields, **_: Any) -> Fields:
        reset = self.events.object(fields.get("event", "-"))
        found = [write_event(event, error) for event, error in self.socket(fields).network_events(reset)]
        return {"events": ",".join(found) or "-"}

    def do_port_create(self, fields: Fields, **_: Any) -> None:
        self.events.ports[fields["port"]] = NotificationPort()

    def do_port_close(self, fields: Fields, **_: Any) -> None:
        self.events.ports[fields["port"]].close()

    def do_async_select(self, fields: Fields, **_: Any) -> None:
        port = self.events.port(fields["port"])
        self.socket(fields).async_select(port, int(fields["message"]), read_mask(fields["mask"]))

    def do_port_get(self, fields: Fields, **_: Any) -> Fields:
        try:
            message, socket, event, error = self.events.ports[fields["port"]].get(seconds(fields))
        except vestibule.TimedOut:
            return {"ended": "0"}
        name = self.events.sockets[socket]
        return {"ended": "1", "message": str(message), "socket": name, "event": write_event(event, error)}
