"""Selectors and asyncio on the descriptor of an event object."""

import asyncio
import re
import selectors
import unittest
from pathlib import Path

import vestibule
from support import DEADLINE, MOMENT, Decision, ReportingCase, on_every_entry
from vestibule import EventObject, NetworkEvents


@on_every_entry
class Loops(ReportingCase):
    def test_a_selector_sees_what_arrives(self):
        with selectors.DefaultSelector() as selector:
            self.listener.event_select(self.event, NetworkEvents.ACCEPT)
            key = selector.register(self.event, selectors.EVENT_READ)
            self.assertEqual(selector.select(0), [])
            caller = self.call()
            self.assertEqual(selector.select(DEADLINE), [(key, selectors.EVENT_READ)])
            self.assertEqual(self.happened(self.listener), {NetworkEvents.ACCEPT: None})
            self.assertEqual(selector.select(0), [])
            accepted = self.keep(self.listener.accept())
            caller = self.keep(caller.result())
            accepted.event_select(self.event, NetworkEvents.READ)
            caller.sendall(b"x")
            collected = {}
            while NetworkEvents.READ not in collected:
                self.assertEqual(selector.select(DEADLINE), [(key, selectors.EVENT_READ)])
                collected.update(accepted.network_events(self.event))
            self.assertEqual(accepted.recv(1), b"x")
            self.event.is_set()  # takes in what came early
            self.assertEqual(selector.select(0), [])

    def test_an_asyncio_server_that_defers_sleeps(self):
        server = DeferringServer(self.listener)
        first, second = self.call(), None

        async def run():
            nonlocal second
            server.begin(asyncio.get_running_loop())
            await asyncio.wait_for(server.deferred.wait(), DEADLINE)
            second = self.call()
            await asyncio.sleep(MOMENT)
            server.decide()  # defers again
            woken = server.woken
            await asyncio.sleep(10 * MOMENT)
            slept = server.woken - woken
            server.open_the_door()
            await asyncio.wait_for(server.served.wait(), DEADLINE)
            server.end()
            return slept

        slept = asyncio.run(run())
        for caller in (first, second):
            self.assertEqual(caller.result().recv(10, timeout=DEADLINE), b"hello")
        self.assertLessEqual(slept, 1, "it was woken while nothing had changed")
        self.assertLessEqual(server.woken, 8)

    def test_the_server_of_the_readme_greets_when_it_is_ready(self):
        readme = (Path(__file__).resolve().parents[1] / "README.md").read_text()
        (program,) = [block for block in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if "asyncio" in block]
        names = {}
        exec(program, names)

        async def run():
            ready = asyncio.Event()
            serving = asyncio.ensure_future(names["serve"](self.listener, ready))
            greeted = [asyncio.to_thread(self.greeting) for _ in range(3)]
            greeted = asyncio.gather(*greeted)
            await asyncio.sleep(2 * MOMENT)
            self.assertFalse(greeted.done())
            ready.set()
            self.assertEqual(await asyncio.wait_for(greeted, DEADLINE), [b"welcome"] * 3)
            self.assertFalse(serving.done())
            serving.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await serving

        asyncio.run(run())

    def greeting(self):
        with vestibule.connect(self.address) as caller:
            return caller.recv(10, timeout=DEADLINE)


class DeferringServer:
    """A server that defers everybody until its door is open, and then greets two callers."""

    def __init__(self, listener):
        self.listener = listener
        self.event = EventObject()
        self.is_open = False
        self.woken = 0
        self.greeted = []
        self.deferred, self.served = asyncio.Event(), asyncio.Event()

    def begin(self, loop):
        self.loop = loop
        self.listener.event_select(self.event, NetworkEvents.ACCEPT)
        loop.add_reader(self.event, self.look)

    def end(self):
        self.loop.remove_reader(self.event)
        self.event.close()
        for connection in self.greeted:
            connection.close()

    def look(self):
        self.woken += 1
        for event, error in self.listener.network_events(self.event):
            assert (event, error) == (NetworkEvents.ACCEPT, None)
            self.decide()

    def decide(self):
        try:
            connection = self.listener.accept(lambda _: Decision.ACCEPT if self.is_open else Decision.DEFER)
        except vestibule.RequestDeferred:
            self.deferred.set()
            return
        connection.event_select(None, NetworkEvents(0))
        connection.sendall(b"hello")
        self.greeted.append(connection)
        if len(self.greeted) == 2:
            self.served.set()

    def open_the_door(self):
        self.is_open = True
        self.decide()


if __name__ == "__main__":
    unittest.main()
