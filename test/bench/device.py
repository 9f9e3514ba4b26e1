#!/usr/bin/python3
"""A device made of slixmpp's own XEP-0323 plugin, the peer of `npm run device`.

usage: device.py JID HOST PORT CA     (the password is THING_PASSWORD in the environment)

Two fields of one node, as on the desktop board. It accepts every friend and answers everybody who
asks: slixmpp has no XEP-0324. `threaded` is off, as the plugin's threads do not wake slixmpp's
event loop, and every answer would wait for something else to happen. It ends with its input.
"""
import asyncio
import os
import sys

import slixmpp
from slixmpp.plugins.xep_0323.device import Device

COMM_TIMEOUT_S = 10


class Board(Device):
    def __init__(self):
        super().__init__("sensor")
        self.fields = {}
        for name, unit, value in (("Temperature", "\u00b0C", "21.5"), ("Humidity", "%", "40")):
            self._add_field(name=name, typename="numeric", unit=unit)
            self._add_field_momentary_data(name, value, flags={"automaticReadout": "true"})


class Thing(slixmpp.ClientXMPP):
    def __init__(self, jid, password, ca):
        super().__init__(jid, password)
        self.ca_certs = ca
        self.auto_authorize = True
        self.auto_subscribe = True
        self.register_plugin("xep_0030")
        self.register_plugin("xep_0323", {"threaded": False})
        self["xep_0323"].register_node(nodeId="sensor", device=Board(),
                                       commTimeout=COMM_TIMEOUT_S)
        self.add_event_handler("session_start", self.on_start)

    async def on_start(self, _event):
        await self.get_roster()
        self.send_presence()
        print("online " + self.boundjid.full, flush=True)


async def end_with_input(thing):
    await asyncio.get_event_loop().run_in_executor(None, sys.stdin.read)
    thing.abort()
    os._exit(0)


def main():
    jid, host, port, ca = sys.argv[1:]
    thing = Thing(jid, os.environ["THING_PASSWORD"], ca)
    thing.connect((host, int(port)), use_ssl=True)
    asyncio.ensure_future(end_with_input(thing))
    thing.process()


main()
