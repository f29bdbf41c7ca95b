// kafka-node 5, whose requests are those of Kafka 0.8 to 0.10: message sets instead of record batches, without headers.
import { called, debugging, found, firstOffsets, Gathering, load, serve, tell, Telling, unpack, waitMs } from '../driver.mjs'

if (debugging) {
  load('kafka-node/logging').setLoggerProvider(name => Object.fromEntries(['debug', 'info', 'warn', 'error'].map(level => [level, (...text) => console.error(level, name, ...text)])))
}
const { Admin, Consumer, ConsumerGroup, KafkaClient, KeyedMessage, Offset, Producer } = load('kafka-node')

const attributes = { none: 0, gzip: 1 }
const clients = new Map()
const producers = new Map()
const members = new Map()

const options = command => ({
  kafkaHost: command.broker,
  requestTimeout: waitMs,
  connectRetryOptions: { retries: 40, minTimeout: 100, maxTimeout: 500 },
  reconnectOnIdle: true
})

function cached (map, key, make) {
  if (!map.has(key)) {
    map.set(key, make())
  }
  return map.get(key)
}

async function opened (command) {
  const client = new KafkaClient(options(command))
  client.on('error', error => console.error(error))
  await called(done => client.once('ready', () => done()))
  return client
}

const shared = command => cached(clients, command.broker, () => opened(command))

const producer = command => cached(producers, command.broker, async () => {
  const client = new Producer(await opened(command), { requireAcks: 1, ackTimeoutMs: 10_000 })
  client.on('error', error => console.error(error))
  return client
})

// The partitions of topics; asking for a topic that is not there makes it.
async function partitionsOf (client, topics) {
  await called(done => client.refreshMetadata(topics, done))
  return topics.flatMap(topic => Object.keys(client.topicMetadata[topic]).map(partition => [topic, Number(partition)]))
}

async function write (command) {
  const client = await producer(command)
  const topics = [...new Set(command.records.map(record => record.topic))]
  await called(done => client.client.refreshMetadata(topics, done))
  const entries = []
  const payloads = new Map()
  for (const record of command.records) {
    const partition = Math.max(record.partition, 0)
    const timestamp = record.timestamp < 0 ? undefined : record.timestamp
    // A request of this client has one time for each partition.
    cached(payloads, `${record.topic}:${partition}:${timestamp}`, () => ({ topic: record.topic, partition, timestamp, attributes: attributes[command.codec], messages: [] }))
      .messages.push(new KeyedMessage(unpack(record.key), unpack(record.value)))
  }
  const results = await retried(() => called(done => client.send([...payloads.values()], done)), client.client, topics)
  for (const [topic, partitions] of Object.entries(results)) {
    for (const [partition, offset] of Object.entries(partitions)) {
      entries.push([topic, Number(partition), offset])
    }
  }
  return firstOffsets(entries)
}

// This client has no retries of its own: they are left to whoever uses it.
async function retried (action, client, topics) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action()
    } catch (error) {
      if (attempt === 40) {
        throw error
      }
      console.error('again after', error)
      await new Promise(resolve => setTimeout(resolve, 250))
      await called(done => client.refreshMetadata(topics, done)).catch(failure => console.error(failure))
    }
  }
}

const foundIn = message => found(message.topic, message.partition, message.offset, new Date(message.timestamp ?? -1), message.key, message.value)

// Offsets as this client asks for them: a time, how many segments' first offsets, and the newest of them comes first.
async function offsetsAt (client, places, time) {
  const answer = await called(done => new Offset(client).fetch(places.map(([topic, partition]) => ({ topic, partition, time, maxNum: 1 })), done))
  return places.map(([topic, partition]) => answer[topic][partition][0])
}

async function read (command) {
  const client = await opened(command)
  const places = await partitionsOf(client, command.topics)
  const ends = await offsetsAt(client, places, -1)
  const starts = command.from.at === 'offset' ? places.map(() => command.from.value) : await offsetsAt(client, places, { beginning: -2, end: -1 }[command.from.at])
  const gathering = new Gathering(
    new Map(places.map(([topic, partition], index) => [`${topic}:${partition}`, ends[index]]).filter((_, index) => starts[index] < ends[index])), command.count)
  const consumer = new Consumer(client, places.map(([topic, partition], index) => ({ topic, partition, offset: starts[index] })), {
    autoCommit: false, fromOffset: true, encoding: 'buffer', keyEncoding: 'buffer', fetchMaxBytes: 1_100_000
  })
  consumer.on('message', message => gathering.add(foundIn(message)))
  consumer.on('error', gathering.reject)
  consumer.on('offsetOutOfRange', gathering.reject)
  tell({ event: 'positioned', read: command.id })
  try {
    return await gathering.done
  } finally {
    await called(done => consumer.close(false, done))
  }
}

async function join (command) {
  const consumer = new ConsumerGroup({
    ...options(command),
    groupId: command.group,
    sessionTimeout: command.sessionTimeout,
    heartbeatInterval: 300,
    fromOffset: 'earliest',
    autoCommit: false,
    encoding: 'buffer',
    keyEncoding: 'buffer',
    protocol: ['roundrobin'],
    retries: 40,
    retryFactor: 1.2
  }, command.topics)
  const telling = new Telling(command.member, command.most)
  const member = { consumer, telling, partitions: new Set() }
  const assign = payloads => {
    member.partitions = new Set(payloads.map(({ topic, partition }) => `${topic}:${partition}`))
    telling.assigned(member.partitions)
  }
  consumer.on('rebalancing', () => assign([]))
  consumer.on('rebalanced', () => assign(consumer.topicPayloads))
  consumer.on('message', message => telling.deliver([foundIn(message)]))
  consumer.on('error', error => console.error(error))
  members.set(command.member, member)
}

async function commit (command) {
  const { consumer, telling, partitions } = members.get(command.member)
  const offsets = telling.of(partitions).map(([topic, partition, offset]) => ({ topic, partition, offset, metadata: '' }))
  if (offsets.length > 0) {
    await called(done => consumer.sendOffsetCommitRequest(offsets, done))
  }
}

async function leave (command) {
  const { consumer } = members.get(command.member)
  members.delete(command.member)
  await called(done => consumer.close(false, done))
}

const admin = async command => new Admin(await shared(command))

serve({
  write,
  read,
  join,
  commit,
  leave,
  createTopics: async command => {
    const topics = command.topics.map(topic => ({
      topic: topic.name, partitions: topic.partitions, replicationFactor: 1, configEntries: Object.entries(topic.configs).map(([name, value]) => ({ name, value }))
    }))
    const failed = await called(async done => (await admin(command)).createTopics(topics, done))
    if (failed.length > 0) {
      throw new Error(failed.map(({ topic, error }) => `${topic}: ${error}`).join())
    }
  },
  describeTopics: async command => {
    const places = await partitionsOf(await shared(command), command.topics)
    return Object.fromEntries(command.topics.map(topic => [topic, places.filter(place => place[0] === topic).length]))
  },
  describeConfigs: async command => {
    const client = await admin(command)
    const resources = [{ resourceType: client.RESOURCE_TYPES[command.type], resourceName: command.name, configNames: [] }]
    const [described] = await called(done => client.describeConfigs({ resources, includeSynonyms: false }, done))
    return Object.fromEntries(described.configEntries.map(entry => [entry.configName, entry.configValue]))
  },
  listGroups: async command => Object.keys(await called(async done => (await admin(command)).listGroups(done))),
  describeGroups: async command => {
    const described = await called(async done => (await admin(command)).describeGroups(command.groups, done))
    return Object.fromEntries(Object.entries(described).map(([name, group]) => [name, { state: group.state, members: group.members.length }]))
  },
  describeCluster: async command => {
    const client = await shared(command)
    const [brokers, { clusterMetadata }] = await called(done => client.loadMetadataForTopics([], done))
    return { cluster: null, controller: clusterMetadata?.controllerId ?? -1, brokers: Object.values(brokers).map(broker => [broker.nodeId, broker.host, broker.port]) }
  },
  listOffsets: async command => offsetsAt(await shared(command), command.partitions.map(partition => [command.topic, partition]), { beginning: -2, end: -1, time: command.from.value }[command.from.at]),
  groupOffsets: async command => {
    const offset = new Offset(await shared(command))
    const answer = await called(done => offset.fetchCommitsV1(command.group, command.partitions.map(partition => ({ topic: command.topic, partition })), done))
    return command.partitions.map(partition => answer[command.topic][partition])
  }
})
