"""kafka-python, the client that is written in Python alone."""
import logging
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from driver import Member, found, serve, tell, unpack

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewPartitions, NewTopic
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import for_code
from kafka.structs import OffsetAndMetadata

WAIT = 60
# SPATE_CLIENT_DEBUG=1 has the client tell on standard error what it does.
logging.basicConfig(level=logging.DEBUG if os.environ.get("SPATE_CLIENT_DEBUG") else logging.ERROR)
producers = {}
members = {}
admins = {}
lock = threading.Lock()


def common(command):
    return {"bootstrap_servers": command["broker"], "retry_backoff_ms": 100, "reconnect_backoff_max_ms": 500}


def producer(command):
    key = command["broker"], command["codec"]
    with lock:
        if key not in producers:
            codec = None if command["codec"] == "none" else command["codec"]
            producers[key] = KafkaProducer(
                **common(command), compression_type=codec, acks="all", linger_ms=5, retries=1000,
                max_in_flight_requests_per_connection=1, request_timeout_ms=WAIT * 1000)
        return producers[key]


def write(command):
    client = producer(command)
    futures = []
    for record in command["records"]:
        futures.append(client.send(
            record["topic"], unpack(record["value"]), unpack(record["key"]),
            headers=[(name, unpack(data)) for name, data in record["headers"]],
            partition=None if record["partition"] < 0 else record["partition"],
            timestamp_ms=None if record["timestamp"] < 0 else record["timestamp"]))
    client.flush(WAIT)
    first = {}
    for future in futures:
        written = future.get(WAIT)
        place = written.topic, written.partition
        first[place] = min(first.get(place, written.offset), written.offset)
    return [[*place, offset] for place, offset in first.items()]


def records_of(polled):
    return [
        found(record.topic, record.partition, record.offset, record.timestamp, record.key, record.value, record.headers)
        for records in polled.values() for record in records]


def reader(command, group=None):
    return KafkaConsumer(
        **common(command), group_id=group, enable_auto_commit=False, auto_offset_reset="none", fetch_max_wait_ms=100,
        max_partition_fetch_bytes=1100000)


def resolve(client, places, where):
    """Where to begin in each partition, and where it ends."""
    low, high = client.beginning_offsets(places), client.end_offsets(places)
    if where["at"] == "time":
        answers = client.offsets_for_times({place: where["value"] for place in places})
        return {place: answers[place].offset if answers[place] else high[place] for place in places}, high
    return {"beginning": low, "end": high, "offset": dict.fromkeys(places, where["value"])}[where["at"]], high


def read(command):
    client = reader(command)
    try:
        places = [TopicPartition(topic, partition) for topic in command["topics"] for partition in client.partitions_for_topic(topic)]
        starts, highs = resolve(client, places, command["from"])
        client.assign(places)
        for place, start in starts.items():
            client.seek(place, start)
        tell({"event": "positioned", "read": command["id"]})
        ends = {place: high for place, high in highs.items() if starts[place] < high}
        records = []
        while ends or (command["count"] is not None and len(records) < command["count"]):
            records += records_of(client.poll(200, max_records=5000))
            ends = {place: end for place, end in ends.items() if client.position(place) < end}
        return records
    finally:
        client.close(autocommit=False)


class KafkaPythonMember(Member, ConsumerRebalanceListener):
    def __init__(self, command):
        super().__init__(command["member"], command["most"])
        self.partitions = set()
        # A round waits so long for one that is late. Told of a new generation this client forgets its name and comes as somebody else, and the group waits for who it was.
        wait = max(10_000, command["sessionTimeout"])
        self.client = KafkaConsumer(
            **common(command), group_id=command["group"], max_poll_interval_ms=wait, enable_auto_commit=False, auto_offset_reset="earliest",
            session_timeout_ms=command["sessionTimeout"], heartbeat_interval_ms=300, fetch_max_wait_ms=100, metadata_max_age_ms=1000)
        self.client.subscribe(command["topics"], listener=self)

    def on_partitions_assigned(self, assigned):
        self.partitions = set(assigned)
        super().assigned(self.partitions)

    def on_partitions_revoked(self, revoked):
        self.partitions = set()
        super().assigned(self.partitions)

    def poll(self):
        self.deliver(records_of(self.client.poll(50, max_records=1000)))

    def commit(self):
        offsets = {place: OffsetAndMetadata(self.positions[place], None) for place in self.partitions if place in self.positions}
        if offsets:
            self.client.commit(offsets)

    def leave(self):
        self.ended = True
        self.client.close(autocommit=False)


def join(command):
    members[command["member"]] = member = KafkaPythonMember(command)
    member.start()


def commit(command):
    member = members[command["member"]]
    member.ask(member.commit)


def leave(command):
    member = members.pop(command["member"])
    member.ask(member.leave)


def admin(command):
    """One for each broker, used by one thread at a time."""
    if command["broker"] not in admins:
        admins[command["broker"]] = KafkaAdminClient(**common(command))
    return admins[command["broker"]]


def one_at_a_time(action):
    def run(command):
        with lock:
            return action(command)
    return run


def checked(answer):
    """kafka-python gives the reply as it came, and raises nothing for most errors in it."""
    for field in ("topic_errors", "topic_error_codes", "resources", "results"):
        for entry in getattr(answer, field, ()):
            code = next(value for value in entry if isinstance(value, int))
            if code != 0:
                raise for_code(code)(str(entry))
    return answer


def create_topics(command):
    checked(admin(command).create_topics([NewTopic(topic["name"], topic["partitions"], 1, topic_configs=topic["configs"]) for topic in command["topics"]]))


def delete_topics(command):
    checked(admin(command).delete_topics(command["topics"]))


def describe_topics(command):
    return {topic["topic"]: len(topic["partitions"]) for topic in admin(command).describe_topics(command["topics"])}


def resource(command, configs=None):
    return ConfigResource({"topic": ConfigResourceType.TOPIC, "broker": ConfigResourceType.BROKER}[command["type"]], command["name"], configs)


def describe_configs(command):
    described = {}
    for answer in admin(command).describe_configs([resource(command)]):
        for code, message, _, _, entries in answer.resources:
            if code != 0:
                raise for_code(code)(message)
            described.update({entry[0]: entry[1] for entry in entries})
    return described


def alter_configs(command):
    checked(admin(command).alter_configs([resource(command, command["set"])]))


def create_partitions(command):
    checked(admin(command).create_partitions({command["topic"]: NewPartitions(command["total"])}))


def delete_groups(command):
    for group, error in admin(command).delete_consumer_groups(command["groups"]):
        if error.errno != 0:
            raise error(group)


def describe_groups(command):
    return {group.group: {"state": group.state, "members": len(group.members)} for group in admin(command).describe_consumer_groups(command["groups"])}


def describe_cluster(command):
    described = admin(command).describe_cluster()
    return {
        "cluster": described["cluster_id"],
        "controller": described["controller_id"],
        "brokers": [[broker["node_id"], broker["host"], broker["port"]] for broker in described["brokers"]],
    }


def group_offsets(command):
    offsets = admin(command).list_consumer_group_offsets(command["group"], partitions=[TopicPartition(command["topic"], number) for number in command["partitions"]])
    return [offsets[TopicPartition(command["topic"], number)].offset for number in command["partitions"]]


def list_offsets(command):
    client = reader(command)
    try:
        places = [TopicPartition(command["topic"], number) for number in command["partitions"]]
        starts, _ = resolve(client, places, command["from"])
        return [starts[place] for place in places]
    finally:
        client.close(autocommit=False)


serve({
    "write": write,
    "read": read,
    "join": join,
    "commit": commit,
    "leave": leave,
    "createTopics": one_at_a_time(create_topics),
    "describeTopics": one_at_a_time(describe_topics),
    "deleteTopics": one_at_a_time(delete_topics),
    "createPartitions": one_at_a_time(create_partitions),
    "describeConfigs": one_at_a_time(describe_configs),
    "alterConfigs": one_at_a_time(alter_configs),
    "listGroups": one_at_a_time(lambda command: [group for group, _ in admin(command).list_consumer_groups()]),
    "describeGroups": one_at_a_time(describe_groups),
    "deleteGroups": one_at_a_time(delete_groups),
    "describeCluster": one_at_a_time(describe_cluster),
    "listOffsets": list_offsets,
    "groupOffsets": one_at_a_time(group_offsets),
})
