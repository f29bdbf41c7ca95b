// The half of a driver that is the same for every client for Node.
//
// Commands come in as JSON, one a line: {"id": 1, "do": "write", ...}. Each is answered once, with {"id": 1, "ok": ...} or
// {"id": 1, "error": "..."}; what happens unasked is told as {"event": ...}. Keys, values and headers are base64. The driver ends when its
// input does. SPATE_NODE_CLIENTS is the directory in which npm installed the clients.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

export const load = createRequire(`${process.env.SPATE_NODE_CLIENTS}/`)
export const debugging = Boolean(process.env.SPATE_CLIENT_DEBUG)
export const waitMs = 60_000

export const pack = data => (data === null || data === undefined ? null : Buffer.from(data).toString('base64'))
export const unpack = text => (text === null ? null : Buffer.from(text, 'base64'))

export function tell (message) {
  process.stdout.write(JSON.stringify(message) + '\n')
}

// A record as the test wants to hear of it; the headers are pairs of name and bytes.
export function found (topic, partition, offset, timestamp, key, value, headers = []) {
  return [topic, partition, Number(offset), Number(timestamp), pack(key), pack(value), headers.map(([name, data]) => [name, pack(data)])]
}

export const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

// Calls an action that has a callback at its end.
export const called = action => new Promise((resolve, reject) => action((error, result) => (error ? reject(error) : resolve(result))))

// The first offset in each partition, from entries of topic, partition and offset.
export function firstOffsets (entries) {
  const first = new Map()
  for (const [topic, partition, offset] of entries) {
    const place = `${topic}:${partition}`
    if (!first.has(place) || first.get(place)[2] > Number(offset)) {
      first.set(place, [topic, partition, Number(offset)])
    }
  }
  return [...first.values()]
}

// What a member of a group tells, and how far it was read from each partition.
export class Telling {
  constructor (name, most) {
    this.name = name
    this.left = most ?? Infinity
    this.positions = new Map()
  }

  assigned (partitions) {
    tell({ event: 'assigned', member: this.name, partitions: [...partitions].sort() })
  }

  deliver (records) {
    const taken = records.slice(0, this.left)
    if (taken.length === 0) {
      return
    }
    this.left -= taken.length
    for (const record of taken) {
      this.positions.set(`${record[0]}:${record[1]}`, record[2] + 1)
    }
    tell({ event: 'records', member: this.name, records: taken })
  }

  // Positions as [topic, partition, offset], of these partitions only.
  of (partitions) {
    return [...partitions].filter(place => this.positions.has(place)).map(place => [...split(place), this.positions.get(place)])
  }
}

export function split (place) {
  const colon = place.lastIndexOf(':')
  return [place.slice(0, colon), Number(place.slice(colon + 1))]
}

// Gathers records until every partition was read to its end, and so many in all.
export class Gathering {
  constructor (ends, count) {
    this.ends = ends
    this.count = count ?? 0
    this.records = []
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    this.check()
  }

  add (record) {
    this.records.push(record)
    const place = `${record[0]}:${record[1]}`
    if (this.ends.get(place) <= record[2] + 1) {
      this.ends.delete(place)
    }
    this.check()
  }

  check () {
    if (this.ends.size === 0 && this.records.length >= this.count) {
      this.resolve(this.records)
    }
  }
}

export function text (error) {
  const causes = [error.message ?? String(error)]
  for (const cause of error.errors ?? []) {
    causes.push(text(cause))
  }
  if (error.cause) {
    causes.push(text(error.cause))
  }
  return `${error.type ?? error.apiId ?? error.code ?? error.name}: ${causes.join(' <- ')}`
}

export function serve (commands) {
  process.on('unhandledRejection', error => tell({ event: 'failed', member: '', error: text(error) }))
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity })
  lines.on('line', async line => {
    const command = JSON.parse(line)
    try {
      const result = await commands[command.do](command)
      tell({ id: command.id, ok: result ?? null })
    } catch (error) {
      console.error(error)
      tell({ id: command.id, error: text(error) })
    }
  })
  lines.on('close', () => process.exit(0))
}
