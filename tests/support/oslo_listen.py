"""Prints every notification that a real oslo.messaging consumer gets, one JSON line each.

usage: oslo_listen.py URL [GROUP.OPTION=VALUE ...]

Listens on topic "notifications", as OpenStack's own consumers do. The options are oslo.messaging's, such as
oslo_messaging_rabbit.amqp_durable_queues=true. The first line, {"ready": true}, says that its queues are bound. Ends
when its standard input ends.
"""
import json
import os
import sys
import threading
import warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("OSLO_SERVICE_BACKEND", "threading")

from oslo_config import cfg  # noqa: E402
import oslo_messaging  # noqa: E402

PRIORITIES = ("audit", "debug", "info", "warn", "error", "critical", "sample")


# Several threads hand over notifications.
printing = threading.Lock()


def show(**line):
    with printing:
        print(json.dumps(line), flush=True)


class Endpoint:
    """Has one method for each priority; the listener makes a queue for each."""


def receiver(priority):
    def receive(self, context, publisher_id, event_type, payload, metadata):
        show(priority=priority, publisher_id=publisher_id, event_type=event_type, payload=payload, metadata=metadata,
             context=context)
        return oslo_messaging.NotificationResult.HANDLED
    return receive


def configuration(options):
    conf = cfg.ConfigOpts()
    conf([], project="oslo_listen", default_config_files=[])
    transport = oslo_messaging.get_notification_transport(conf, url=sys.argv[1])
    for option in options:
        name, value = option.split("=", 1)
        group, key = name.split(".", 1)
        conf.set_override(key, {"true": True, "false": False}.get(value, value), group)
    return transport


for each in PRIORITIES:
    setattr(Endpoint, each, receiver(each))
listener = oslo_messaging.get_notification_listener(
    configuration(sys.argv[2:]), [oslo_messaging.Target(topic="notifications")], [Endpoint()], executor="threading")
listener.start()
show(ready=True)
sys.stdin.read()
listener.stop()
listener.wait()
