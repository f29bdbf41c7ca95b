using System.Globalization;
using System.Text;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Storage.Files;
using Xunit.Abstractions;
using static Spate.Broker.Tests.Shares.ShareMember;

namespace Spate.Broker.Tests.Shares;

/// <summary>
/// Random members fetch, accept, give back, reject, hold too long, leave and break off, while records come in and the broker is stopped and killed: nobody is given what
/// another holds or what has come to an end, nobody gets a record more often than may be, and in the end every record has come to an end.
/// </summary>
public sealed class ShareModelTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20261123)]
    public async Task Every_record_comes_to_an_end_and_is_never_with_two(int seed)
    {
        output.WriteLine($"seed {seed}");
        var run = new Run(new Random(seed));
        try
        {
            await run.StartAsync();
            for (var step = 0; step < 400; step++)
            {
                await run.StepAsync();
            }

            await run.FinishAsync();
        }
        catch (Exception failure) when (failure is Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"seed {seed}: {failure.Message}\n{run}", failure);
        }
        finally
        {
            await run.EndAsync();
        }
    }

    private sealed class Run(Random random)
    {
        private const int Limit = 4;
        private const int Partitions = 2;
        private const int LockMs = 20_000;

        private readonly MemoryFileSystem _files = new();
        private readonly StringBuilder _story = new();

        /// <summary>Who holds a record, and until when.</summary>
        private readonly Dictionary<(int Partition, long Offset), (string Member, DateTimeOffset Until)> _held = [];

        private readonly Dictionary<(int Partition, long Offset), int> _deliveries = [];
        private readonly HashSet<(int Partition, long Offset)> _ended = [];
        private readonly Dictionary<string, ShareMember> _members = [];
        private readonly long[] _ends = new long[Partitions];
        private int _joins;
        private TestBroker _broker = null!;
        private Uuid _topic;

        public async Task StartAsync()
        {
            await OpenAsync();
            _topic = await _broker.CreateTopicAsync("t", Partitions);
            for (var partition = 0; partition < Partitions; partition++)
            {
                await ShareAsk.BeginAsync(_broker, "g", _topic, 0, partition);
            }
        }

        public Task StepAsync() => random.Next(30) switch
        {
            < 6 => ProduceAsync(),
            < 16 => FetchAsync(Member()),
            < 24 => AcknowledgeAsync(Member()),
            < 26 => WaitAsync(),
            < 28 => LeaveAsync(Member()),
            28 => random.Next(3) == 0 ? RestartAsync() : Task.CompletedTask,
            _ => BreakAsync(Member()),
        };

        /// <summary>One member accepts all that is left, in as many rounds as it takes.</summary>
        public async Task FinishAsync()
        {
            foreach (var member in _members.Keys.ToList())
            {
                await LeaveAsync(member);
            }

            var all = Enumerable.Range(0, Partitions).SelectMany(partition => Enumerable.Range(0, (int)_ends[partition]).Select(offset => (partition, (long)offset))).ToList();
            for (var round = 0; round < 500 && !all.TrueForAll(_ended.Contains); round++)
            {
                await FetchAsync("last");
                foreach (var (partition, offset) in _held.Where(each => each.Value.Member == "last").Select(each => each.Key).ToList())
                {
                    await SayAsync("last", partition, offset, offset, Accept);
                }
            }

            Assert.DoesNotContain(all, record => !_ended.Contains(record));
            for (var partition = 0; partition < Partitions; partition++)
            {
                Assert.Equal($"{_ends[partition]}:", await ShareAsk.StateAsync(_broker, "g", _topic, partition));
            }
        }

        public async Task EndAsync()
        {
            if (_broker is not null)
            {
                await _broker.DisposeAsync();
            }
        }

        public override string ToString() => _story.ToString();

        private string Member() => $"m{random.Next(3)}";

        private async Task OpenAsync() => _broker = await TestBroker.StartOnAsync(
            _files, $"group.share.delivery.count.limit={Limit}", $"group.share.record.lock.duration.ms={LockMs}", "group.share.partition.max.record.locks=100",
            "share.coordinator.snapshot.update.records.per.snapshot=7");

        private async Task ProduceAsync()
        {
            var (partition, count) = (random.Next(Partitions), random.Next(1, 9));
            await _broker.ProduceAsync("t", partition, [.. Enumerable.Range(0, count).Select(number => $"{_ends[partition] + number}")]);
            _ends[partition] += count;
        }

        private async Task<ShareMember> JoinedAsync(string name)
        {
            if (!_members.TryGetValue(name, out var member))
            {
                member = await ShareMember.JoinAsync(_broker, "g", $"{name}-{++_joins}", [.. Enumerable.Range(0, Partitions).Select(partition => (_topic, partition))]);
                _members.Add(name, member);
            }

            return member;
        }

        private async Task FetchAsync(string name)
        {
            var member = await JoinedAsync(name);
            var recordsMax = random.Next(1, 12);
            var mode = (sbyte)random.Next(2);
            var reply = await member.AskAsync(member.Request(recordsMax, mode: mode));
            Assert.Equal(ErrorCode.None, reply.ErrorCode);
            var given = 0;
            foreach (var partition in reply.Responses.SelectMany(topic => topic.Partitions))
            {
                Assert.Equal(ErrorCode.None, partition.ErrorCode);
                foreach (var (offset, count, value) in Records(partition))
                {
                    given++;
                    var record = (partition.PartitionIndex, offset);
                    _story.AppendLine(CultureInfo.InvariantCulture, $"{name} gets {record} for the {count}. time");
                    Assert.Equal(offset.ToString(CultureInfo.InvariantCulture), value);
                    Assert.False(_ended.Contains(record), $"{record} has come to an end.");
                    Assert.False(_held.TryGetValue(record, out var holder) && holder.Until > _broker.Clock.GetUtcNow(), $"{record} is with {holder.Member}.");
                    Assert.InRange(count, 1, Limit);
                    _held[record] = (name, _broker.Clock.GetUtcNow().AddMilliseconds(LockMs));
                    _deliveries[record] = count;
                }
            }

            Assert.True(mode == 0 || given <= recordsMax, $"{given} records are more than {recordsMax}.");
        }

        private async Task AcknowledgeAsync(string name)
        {
            var mine = _held.Where(each => each.Value.Member == name).Select(each => each.Key).Order().ToList();
            if (mine.Count == 0)
            {
                return;
            }

            var (partition, first) = mine[random.Next(mine.Count)];
            var last = first;
            while (mine.Contains((partition, last + 1)) && random.Next(4) != 0)
            {
                last++;
            }

            await SayAsync(name, partition, first, last, random.Next(10) switch
            {
                < 5 => Accept,
                < 8 => Release,
                8 => Reject,
                _ => Renew,
            });
        }

        private async Task SayAsync(string name, int partition, long first, long last, sbyte type)
        {
            var member = await JoinedAsync(name);
            if (member.Epoch == 0)
            {
                await FetchAsync(name);
            }

            var records = Enumerable.Range((int)first, (int)(last - first + 1)).Select(offset => (partition, (long)offset)).ToList();
            var isHis = records.TrueForAll(record => _held.TryGetValue(record, out var holder) && holder.Member == name && holder.Until > _broker.Clock.GetUtcNow());
            var error = await member.AcknowledgeAsync((_topic, partition), first, last, type);
            _story.AppendLine(CultureInfo.InvariantCulture, $"{name} says {type} of {partition}: {first}-{last} ({error})");
            Assert.Equal(isHis ? ErrorCode.None : ErrorCode.InvalidRecordState, error);
            foreach (var record in records.Where(_ => isHis))
            {
                if (type == Renew)
                {
                    _held[record] = (name, _broker.Clock.GetUtcNow().AddMilliseconds(LockMs));
                    continue;
                }

                _held.Remove(record);
                if (type != Release || _deliveries[record] >= Limit)
                {
                    Assert.True(_ended.Add(record));
                }
            }

            if (!isHis)
            {
                records.ForEach(record => _held.Remove(record));
            }
        }

        private async Task WaitAsync()
        {
            _broker.Clock.Advance(TimeSpan.FromMilliseconds(random.Next(LockMs)));
            var late = _held.Where(each => each.Value.Until <= _broker.Clock.GetUtcNow()).Select(each => each.Key).ToList();
            foreach (var record in late)
            {
                _story.AppendLine(CultureInfo.InvariantCulture, $"the lock of {record} ends");
                if (_deliveries[record] >= Limit)
                {
                    Assert.True(_ended.Add(record));
                }

                _held.Remove(record);
            }

            await SettleAsync();
        }

        private async Task LeaveAsync(string name)
        {
            if (_members.Remove(name, out var member))
            {
                if (member.Epoch > 0)
                {
                    Assert.Equal(ErrorCode.None, await member.LeaveAsync());
                }

                GiveBack(name);
                member.Client.Dispose();
            }
        }

        private async Task BreakAsync(string name)
        {
            if (_members.Remove(name, out var member))
            {
                member.Client.Dispose();
                GiveBack(name);
                await SettleAsync();
            }
        }

        /// <summary>What ends by itself, a lock or a connection, is written down by and by; what follows must find it done.</summary>
        private Task SettleAsync() => _broker.WhenAsync(() => _broker.Shares.Partitions.All.Sum(each => each.RecordsHeld) == _held.Count, "records to be taken back");

        private void GiveBack(string name)
        {
            _story.AppendLine(CultureInfo.InvariantCulture, $"{name} goes");
            foreach (var (record, _) in _held.Where(each => each.Value.Member == name).ToList())
            {
                _held.Remove(record);
            }
        }

        private async Task RestartAsync()
        {
            var isClean = random.Next(2) == 0;
            _story.AppendLine(isClean ? "the broker stops" : "the broker dies");
            if (isClean)
            {
                await _broker.StopAsync();
            }

            await _broker.DisposeAsync();
            _members.Clear();
            _held.Clear();
            await OpenAsync();
        }
    }
}
