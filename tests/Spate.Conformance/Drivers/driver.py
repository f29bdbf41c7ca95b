"""The half of a driver that is the same for every client in Python.

Commands come in as JSON, one a line: {"id": 1, "do": "write", ...}. Each is answered once, with {"id": 1, "ok": ...} or
{"id": 1, "error": "..."}; what happens unasked is told as {"event": ...}. Keys, values and headers are base64. Every command has a
thread of its own, so that a slow one holds up no other. The driver ends when its input does.
"""
import base64
import json
import os
import queue
import sys
import threading
import traceback

_lock = threading.Lock()


def tell(message):
    line = json.dumps(message)
    with _lock:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def unpack(text):
    return None if text is None else base64.b64decode(text)


def pack(data):
    return None if data is None else base64.b64encode(data).decode("ascii")


def found(topic, partition, offset, timestamp, key, value, headers):
    """A record as the test wants to hear of it."""
    return [topic, partition, offset, timestamp, pack(key), pack(value), [[name, pack(data)] for name, data in headers or []]]


class Member:
    """A member of a group, which lives in one thread: clients for Python want to be called from one only."""

    def __init__(self, name, most):
        self.name = name
        self.most = most
        self.told = 0
        self.positions = {}
        self.work = queue.Queue()
        self.ended = False

    def start(self):
        threading.Thread(target=self._run, daemon=True).start()

    def ask(self, action):
        """Runs the action in the member's thread and gives what it gave."""
        answer = queue.Queue()
        self.work.put((action, answer))
        result, error = answer.get()
        if error is not None:
            raise error
        return result

    def deliver(self, records):
        """Tells of the records, up to the number that the member was to read, and remembers how far that was."""
        if self.most is not None:
            records = records[: self.most - self.told]
        if not records:
            return
        self.told += len(records)
        for record in records:
            self.positions[record[0], record[1]] = record[2] + 1
        tell({"event": "records", "member": self.name, "records": records})

    def assigned(self, partitions):
        tell({"event": "assigned", "member": self.name, "partitions": sorted(f"{topic}:{partition}" for topic, partition in partitions)})

    def _run(self):
        try:
            while not self.ended:
                while not self.work.empty():
                    action, answer = self.work.get()
                    try:
                        answer.put((action(), None))
                    except Exception as error:
                        answer.put((None, error))
                if not self.ended:
                    self.poll()
        except Exception as error:
            tell({"event": "failed", "member": self.name, "error": repr(error)})
            traceback.print_exc()


def serve(commands):
    """Answers commands until there are no more."""
    def answer(command):
        try:
            reply = {"id": command["id"], "ok": commands[command["do"]](command)}
        except Exception as error:
            traceback.print_exc()
            reply = {"id": command["id"], "error": f"{type(error).__name__}: {error}"}
        tell(reply)

    for line in sys.stdin:
        threading.Thread(target=answer, args=(json.loads(line),), daemon=True).start()
    # Clients have threads and connections of their own; nothing of them is wanted any more.
    sys.stdout.flush()
    os._exit(0)
