using Spate.Coordination.Shares.Partitions;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Errors;
using Xunit.Abstractions;

namespace Spate.Coordination.Tests.Shares;

/// <summary>
/// Random members do what they may and may not with a share partition whose writes are late, fail, and are lost with the broker, against a model that knows
/// one offset at a time.
/// </summary>
public sealed class SharePartitionModelTests(ITestOutputHelper output)
{
    private static readonly SharePartitionLimits Limits = new() { DeliveryCountLimit = 3, RecordLocksMax = 30, LockDurationMs = 50 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20261123)]
    public void Nothing_is_held_twice_lost_or_delivered_after_it_was_finished(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var run = new Run(random);
        for (var step = 0; step < 20_000; step++)
        {
            try
            {
                run.Step();
            }
            catch (Exception failure) when (failure is Xunit.Sdk.XunitException or InvalidOperationException or ArgumentException)
            {
                throw new InvalidOperationException($"seed {seed}, step {step}: {failure.Message}\n{run}", failure);
            }
        }

        Assert.True(run.Finished > 1000, $"Only {run.Finished} records came to an end.");
    }

    private sealed class Run(Random random)
    {
        private static readonly string[] Members = ["a", "b", "c"];

        /// <summary>Who holds an offset, and until when.</summary>
        private readonly Dictionary<long, (string Member, long UntilMs)> _held = [];

        /// <summary>Offsets that came to an end, by what was written down.</summary>
        private readonly HashSet<long> _finished = [];

        private readonly List<(ShareStateChange Change, bool IsWrittenDown)> _writes = [];

        /// <summary>Offsets whose fate hangs on a write.</summary>
        private readonly Dictionary<long, ShareStateChange> _staged = [];

        private IReadOnlyList<StateBatch> _kept = [];
        private long _keptStart;
        private SharePartition _partition = new(Limits, 0, []);
        private long _nowMs;

        public int Finished => _finished.Count;

        /// <summary>Some offsets have no record.</summary>
        private static bool HasRecord(long offset) => offset % 11 is not (3 or 4);

        public void Step()
        {
            _nowMs += random.Next(3);
            switch (random.Next(12))
            {
                case < 4: Acquire(); break;
                case < 8: Acknowledge(); break;
                case 8: Settle(); break;
                case 9: Expire(); break;
                case 10 when random.Next(10) == 0: Leave(); break;
                case 11 when random.Next(100) == 0: Restart(); break;
            }

            Check();
        }

        public override string ToString() => $"{_partition.StartOffset}: {string.Join(", ", _partition.Describe())}";

        private void Acquire()
        {
            if (_partition.NextOffset is not { } offset)
            {
                return;
            }

            var batches = new List<OffsetRange>();
            for (var at = offset - random.Next(3); batches.Count < 4; at++)
            {
                if (at >= 0 && HasRecord(at))
                {
                    var last = at;
                    while (HasRecord(last + 1) && random.Next(4) != 0)
                    {
                        last++;
                    }

                    batches.Add(new OffsetRange(at, last));
                    at = last;
                }
            }

            var member = Members[random.Next(3)];
            var recordsMax = random.Next(1, 12);
            var mode = (AcquireMode)random.Next(2);
            var ranges = _partition.Acquire(new AcquireRequest(member, recordsMax, random.Next(1, 5), mode), offset, batches, _nowMs);

            // What could be delivered may turn out to be offsets without records.
            Assert.True(ranges.Count > 0 || _partition.NextOffset != offset, $"Nothing came of reading from {offset}.");
            foreach (var range in ranges)
            {
                for (var at = range.First; at <= range.Last; at++)
                {
                    Assert.True(HasRecord(at), $"{at} has no record and was handed out.");
                    Assert.False(_finished.Contains(at), $"{at} was finished and is handed out again.");
                    Assert.False(_staged.ContainsKey(at), $"{at} is handed out while a write about it is under way.");
                    Assert.True(_held.TryAdd(at, (member, _nowMs + Limits.LockDurationMs)), $"{at} is held already.");
                    Assert.InRange(range.DeliveryCount, 1, Limits.DeliveryCountLimit);
                }
            }

            if (mode == AcquireMode.RecordLimit)
            {
                Assert.InRange(ranges.Sum(static range => range.Last - range.First + 1), 0, recordsMax);
            }
        }

        private void Acknowledge()
        {
            var member = Members[random.Next(3)];
            var first = _partition.StartOffset + random.Next(30);
            var last = first + random.Next(4);
            var types = Enumerable.Range(0, random.Next(2) == 0 ? 1 : (int)(last - first + 1)).Select(_ => (sbyte)random.Next(1, 5)).ToArray();
            var isHis = Enumerable.Range(0, (int)(last - first + 1)).All(index => _held.TryGetValue(first + index, out var holder) && holder.Member == member && !_staged.ContainsKey(first + index));
            var error = _partition.Acknowledge(member, [new Acknowledgement(first, last, types)], _nowMs, out var change);
            Assert.Equal(isHis ? ErrorCode.None : ErrorCode.InvalidRecordState, error);
            for (var offset = first; isHis && offset <= last; offset++)
            {
                if (types[types.Length == 1 ? 0 : offset - first] == (sbyte)AcknowledgeType.Renew)
                {
                    _held[offset] = (member, _nowMs + Limits.LockDurationMs);
                }
                else
                {
                    _staged.Add(offset, change!);
                }
            }

            Begin(change);
        }

        private void Expire()
        {
            var change = _partition.ExpireLocks(_nowMs);
            foreach (var (offset, holder) in _held.Where(one => one.Value.UntilMs <= _nowMs && !_staged.ContainsKey(one.Key)).ToList())
            {
                TakeBack(offset, change!);
            }

            Begin(change);
        }

        private void Leave()
        {
            var member = Members[random.Next(3)];
            var change = _partition.Release(member);
            foreach (var (offset, _) in _held.Where(one => one.Value.Member == member && !_staged.ContainsKey(one.Key)).ToList())
            {
                TakeBack(offset, change!);
            }

            Begin(change);
        }

        /// <summary>Taken back at once, or given up once that is written down.</summary>
        private void TakeBack(long offset, ShareStateChange change)
        {
            if (change.DeadLetters.Any(letters => letters.Offsets.First <= offset && offset <= letters.Offsets.Last))
            {
                _staged.Add(offset, change);
            }
            else
            {
                _held.Remove(offset);
            }
        }

        private void Begin(ShareStateChange? change)
        {
            if (change is not null)
            {
                var isWrittenDown = random.Next(5) != 0;
                if (isWrittenDown)
                {
                    _keptStart = Math.Max(_keptStart, change.StartOffset);
                    _kept = StateBatches.Combine(_keptStart, _kept, change.Batches);
                }

                _writes.Add((change, isWrittenDown));
            }
        }

        /// <summary>Some writes end, in the order in which they began.</summary>
        private void Settle()
        {
            for (var left = random.Next(_writes.Count + 1); left > 0; left--)
            {
                var (change, isWrittenDown) = _writes[0];
                _writes.RemoveAt(0);
                if (isWrittenDown)
                {
                    _partition.Commit(change);
                }
                else
                {
                    _partition.RollBack(change);
                }

                foreach (var (offset, _) in _staged.Where(one => one.Value == change).ToList())
                {
                    _staged.Remove(offset);
                    if (isWrittenDown)
                    {
                        _held.Remove(offset);
                        var batch = change.Batches.FirstOrDefault(one => one.First <= offset && offset <= one.Last, new StateBatch(0, 0, DeliveryState.Archived, 0));
                        if (batch.State != DeliveryState.Available)
                        {
                            Assert.True(_finished.Add(offset));
                        }
                    }
                }
            }
        }

        /// <summary>The broker dies: what was written down is there, and whatever was held is available.</summary>
        private void Restart()
        {
            foreach (var (change, isWrittenDown) in _writes)
            {
                foreach (var (offset, _) in _staged.Where(one => one.Value == change && isWrittenDown).ToList())
                {
                    var batch = change.Batches.FirstOrDefault(one => one.First <= offset && offset <= one.Last, new StateBatch(0, 0, DeliveryState.Archived, 0));
                    if (batch.State != DeliveryState.Available)
                    {
                        _finished.Add(offset);
                    }
                }
            }

            _writes.Clear();
            _staged.Clear();
            _held.Clear();
            _partition = new SharePartition(Limits, _keptStart, _kept);
        }

        private void Check()
        {
            var next = _partition.StartOffset;
            for (var offset = Math.Max(0, next - 40); offset < next; offset++)
            {
                Assert.True(_finished.Contains(offset) || !HasRecord(offset), $"{offset} is behind the start and was never finished.");
            }

            foreach (var (batch, member) in _partition.Describe())
            {
                Assert.Equal(next, batch.First);
                next = batch.Last + 1;
                for (var offset = batch.First; offset <= batch.Last; offset++)
                {
                    var isHeld = _held.TryGetValue(offset, out var holder);
                    Assert.Equal(isHeld ? holder.Member : null, member);
                    Assert.Equal(isHeld, batch.State == DeliveryState.Acquired);
                    Assert.Equal(_finished.Contains(offset) || (!HasRecord(offset) && batch.State == DeliveryState.Archived), batch.State is DeliveryState.Acknowledged or DeliveryState.Archived);
                }
            }

            Assert.Equal(next, _partition.EndOffset);
        }
    }
}
