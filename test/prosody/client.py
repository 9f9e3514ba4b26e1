#!/usr/bin/python3
"""slixmpp's own client plugins of XEP-0323 and XEP-0325, told what to do by lines of JSON.

usage: client.py JID HOST PORT CA     (the password is THING_PASSWORD in the environment)

  in   {"do": "befriend", "to": BARE}
       {"do": "read", "to": FULL, "nodes": [...], "fields": [...], "flags": {...}}
       {"do": "set" or "command", "to": FULL, "nodes": [...], "fields": [[name, type, value]]}
       {"do": "cancel", "session": ID} and {"do": "info", "to": FULL}
  out  {"event": "online" | "present" | "refused" | "read" | "set" | "info" | "fault", ...}

What the plugins hand to their callbacks is handed on as it is.
"""
import asyncio
import json
import os
import sys

import slixmpp


class Client(slixmpp.ClientXMPP):
    def __init__(self, jid, password, ca):
        super().__init__(jid, password)
        self.ca_certs = ca
        for plugin in ("xep_0030", "xep_0323", "xep_0325"):
            self.register_plugin(plugin)
        self.add_event_handler("session_start", self.on_start)
        self.add_event_handler("got_online", self.on_presence)
        self.add_event_handler("presence_unsubscribed",
                               lambda stanza: say("refused", jid=stanza["from"].bare))
        self.add_event_handler("failed_auth", lambda _: say("fault", why="failed_auth"))

    async def on_start(self, _event):
        await self.get_roster()
        self.send_presence()
        say("online", jid=self.boundjid.full)

    def on_presence(self, presence):
        if presence["from"].bare != self.boundjid.bare:
            say("present", jid=presence["from"].full)

    def obey(self, order):
        getattr(self, "do_" + order.pop("do"))(**order)

    def do_befriend(self, to):
        self.send_presence_subscription(pto=to)

    def do_read(self, to, nodes=None, fields=None, flags=None):
        session = self["xep_0323"].request_data(
            self.boundjid.full, to, on_data, nodeIds=nodes, fields=fields,
            flags=flags or {"momentary": "true"})
        say("session", session=session)

    def do_cancel(self, session):
        self["xep_0323"].cancel_request(session)

    def do_set(self, to, fields, nodes=None):
        self["xep_0325"].set_request(self.boundjid.full, to, on_set, fields, nodeIds=nodes)

    def do_command(self, to, fields, nodes=None):
        self["xep_0325"].set_command(self.boundjid.full, to, fields, nodeIds=nodes)

    def do_info(self, to):
        async def ask():
            info = await self["xep_0030"].get_info(jid=to)
            say("info", features=sorted(info["disco_info"]["features"]))
        asyncio.ensure_future(ask())


def on_data(from_jid, result, nodeId=None, timestamp=None, fields=None, error_msg=None):
    say("read", jid=str(from_jid), result=result, node=nodeId, timestamp=timestamp,
        fields=fields, why=error_msg)


def on_set(from_jid, result, nodeIds=None, fields=None, error_msg=None):
    say("set", jid=str(from_jid), result=result, nodes=nodeIds, fields=fields, why=error_msg)


def say(event, **values):
    print(json.dumps({"event": event, **values}), flush=True)


def main():
    jid, host, port, ca = sys.argv[1:5]
    client = Client(jid, os.environ["THING_PASSWORD"], ca)
    client.connect((host, int(port)), use_ssl=True)

    waiting = bytearray()

    def on_input():
        data = os.read(sys.stdin.fileno(), 65536)
        if not data:
            client.loop.stop()
        waiting.extend(data)
        while b"\n" in waiting:
            line, _, rest = waiting.partition(b"\n")
            waiting[:] = rest
            client.obey(json.loads(line))

    client.loop.add_reader(sys.stdin.fileno(), on_input)
    client.loop.run_forever()


main()
