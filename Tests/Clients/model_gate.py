"""A stream of the scripted model that goes on only when the test says so."""

import asyncio
import threading

from model_script import Cut, Fault, Finish, Text, Tool

PATIENCE = 15


class Gate:
    """One answer, told by the test step by step; asked again, it is told again from the start."""

    def __init__(self, name, loop):
        self.name = name
        self.arrivals = 0
        self.arrived = threading.Event()
        self.left = threading.Event()
        self._loop = loop
        self._told = []
        self._news = asyncio.Event()

    def send(self, *texts):
        """The model says these."""
        self._tell(*[Text(text) for text in texts])
        return self

    def call(self, tool, arguments="{}"):
        """The model asks for a tool."""
        self._tell(Tool(tool, arguments))
        return self

    def finish(self, reason="stop"):
        self._tell(Finish(reason))

    def fail(self, message="the model fell over"):
        self._tell(Fault(message))

    def cut(self):
        self._tell(Cut())

    def wait_arrived(self, seconds=PATIENCE):
        assert self.arrived.wait(seconds), f"the model was not asked within {seconds} s"

    def wait_left(self, seconds=PATIENCE):
        assert self.left.wait(seconds), f"the connection to the model was not closed within {seconds} s"

    def _tell(self, *steps):
        def add():
            self._told.extend(steps)
            self._news.set()

        self._loop.call_soon_threadsafe(add)

    async def steps(self):
        """Everything told so far, then everything told from now on; called on the server's loop."""
        self.arrivals += 1
        self.arrived.set()
        place = 0
        finished = False
        try:
            while not finished:
                while place < len(self._told):
                    step = self._told[place]
                    place += 1
                    finished = isinstance(step, (Finish, Cut, Fault))
                    yield step
                if not finished:
                    self._news.clear()
                    await self._news.wait()
        finally:
            if not finished:
                self.left.set()
