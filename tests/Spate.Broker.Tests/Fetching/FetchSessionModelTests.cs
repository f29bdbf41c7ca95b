using System.Globalization;
using System.Text;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Fetching;

/// <summary>
/// A client with a session and one that says every time all that it wants are told the same, whatever happens in between: appends, records and
/// topics that are deleted, partitions that are forgotten and taken up again, other connections, restarts.
/// </summary>
public sealed class FetchSessionModelTests
{
    private const int Steps = 150;
    private const int Partitions = 5;

    [Theory]
    [InlineData(1, 12)]
    [InlineData(2, 13)]
    [InlineData(3, 18)]
    [InlineData(4, 7)]
    [InlineData(5, 18)]
    [InlineData(6, 12)]
    public async Task Session_tells_what_full_fetches_tell(int seed, short version)
    {
        await using var life = await Life.BeginAsync(new Random(seed), version);
        try
        {
            for (var step = 0; step < Steps; step++)
            {
                await life.StepAsync();
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, steps: {life.Trace}: {failure.Message}"), failure);
        }

        Assert.True(life.Records > 50 && life.Sessions > 2, $"Seed {seed} tried little: {life.Records} records in {life.Sessions} sessions.");
    }

    private sealed class Life(Random random, short version) : IAsyncDisposable
    {
        private readonly MemoryFileSystem _files = new();
        private readonly Dictionary<int, (long HighWatermark, long LogStart)> _told = [];
        private readonly Dictionary<int, int> _passedOver = [];
        private TestBroker _broker = null!;
        private SessionClient _session = null!;
        private Dictionary<int, long> _positions = [];
        private Uuid _id;

        public StringBuilder Trace { get; } = new();

        public int Records { get; private set; }

        public int Sessions { get; private set; }

        public static async Task<Life> BeginAsync(Random random, short version)
        {
            var life = new Life(random, version);
            life._broker = await TestBroker.StartOnAsync(life._files);
            life._id = await life._broker.CreateTopicAsync("t", Partitions);
            await life.BeginAnewAsync();
            return life;
        }

        public async Task StepAsync()
        {
            var partition = random.Next(Partitions);
            switch (random.Next(40))
            {
                case < 14:
                    Say("append", partition);
                    await _broker.ProduceAsync("t", partition, [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new string('x', random.Next(1, 300)))]);
                    break;
                case < 17:
                    Say("forget", partition);
                    _session.Forget("t", _id, partition);
                    _positions.Remove(partition);
                    break;
                case < 20:
                    var log = Log(partition);
                    Say("delete", partition);
                    log.DeleteRecordsBefore(random.NextInt64(log.LogStartOffset, log.HighWatermark + 1));
                    break;
                case 20:
                    Say("restart");
                    if (random.Next(2) == 0)
                    {
                        await _broker.StopAsync();
                    }

                    await _broker.DisposeAsync();
                    _broker = await TestBroker.StartOnAsync(_files);
                    await BeginAnewAsync(isKnown: false);
                    break;
                case 21:
                    Say("delete and create");
                    await _broker.DeleteTopicAsync("t");
                    _id = await _broker.CreateTopicAsync("t", Partitions);
                    await BeginAnewAsync();
                    break;
                case 22:
                    Say("begin anew");
                    await BeginAnewAsync();
                    break;
                default:
                    await FetchAsync();
                    break;
            }
        }

        public ValueTask DisposeAsync() => _broker.DisposeAsync();

        private async Task BeginAnewAsync(bool isKnown = true)
        {
            // A session that the broker does not know is begun anew by a client that finds out.
            if (!isKnown && _session.SessionId != 0)
            {
                Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await _broker.AskAsync(new FetchRequest { SessionId = _session.SessionId, SessionEpoch = _session.Epoch }, version)).ErrorCode);
            }

            _session = new SessionClient(await _broker.ConnectAsync(), version);
            _positions = [];
            _told.Clear();
            _passedOver.Clear();
            Sessions++;
        }

        private async Task FetchAsync()
        {
            foreach (var missing in Enumerable.Range(0, Partitions).Where(partition => !_positions.ContainsKey(partition) && random.Next(3) > 0).ToList())
            {
                _positions[missing] = random.NextInt64(Log(missing).LogStartOffset, Log(missing).HighWatermark + 1);
                _session.Want("t", _id, missing, _positions[missing]);
            }

            // What is taken up again before the next fetch was never forgotten.
            foreach (var forgotten in _told.Keys.Where(partition => !_positions.ContainsKey(partition)).ToList())
            {
                _told.Remove(forgotten);
                _passedOver.Remove(forgotten);
            }

            _session.MaxBytes = random.Next(3) == 0 ? random.Next(600) : 1 << 20;
            Say("fetch", _session.MaxBytes);
            var expected = _positions.Count == 0 ? [] : await FullAsync();
            var reply = await _session.FetchAsync();
            Assert.Equal((ErrorCode.None, _positions.Count > 0), (reply.ErrorCode, reply.SessionId != 0));
            var named = reply.Responses.SelectMany(topic => topic.Partitions).ToDictionary(partition => partition.PartitionIndex);
            var isCut = named.Values.Any(partition => partition.Records.Length > 0);
            foreach (var (index, full) in expected)
            {
                Compare(index, full, named.GetValueOrDefault(index), isCut);
                named.Remove(index);
            }

            Assert.Empty(named);
        }

        private void Compare(int index, FetchResponse.PartitionData full, FetchResponse.PartitionData? told, bool isCut)
        {
            if (told is null)
            {
                // Nothing to tell, or others had the turn.
                Assert.True(full.ErrorCode == ErrorCode.None && _told[index] == (full.HighWatermark, full.LogStartOffset), $"Partition {index} has news.");
            }
            else
            {
                Assert.Equal((full.ErrorCode, full.HighWatermark, full.LogStartOffset, full.LastStableOffset), (told.ErrorCode, told.HighWatermark, told.LogStartOffset, told.LastStableOffset));
                Assert.True(full.Records.Bytes.Span.StartsWith(told.Records.Bytes.Span), $"Partition {index} has other records.");
                _told[index] = (told.HighWatermark, told.LogStartOffset);
            }

            var records = told?.Records.Length ?? 0;
            Assert.True(records > 0 || full.Records.Length == 0 || isCut, $"Nothing came, though partition {index} has records.");
            _passedOver[index] = records > 0 || full.Records.Length == 0 ? 0 : _passedOver.GetValueOrDefault(index) + 1;
            Assert.True(_passedOver[index] < Partitions, $"Partition {index} starves.");
            if (full.ErrorCode == ErrorCode.OffsetOutOfRange)
            {
                _positions[index] = Log(index).LogStartOffset;
                _session.Want("t", _id, index, _positions[index]);
            }
            else if (records > 0)
            {
                Records += Batches.Values(told!.Records.Bytes).Count;
                _positions[index] = _session.Position("t", _id, index);
            }
        }

        private async Task<Dictionary<int, FetchResponse.PartitionData>> FullAsync()
        {
            var request = Ask.Fetch("t", _id, 0, 0);
            request.Topics[0].Partitions = [.. _positions.Select(position => new FetchRequest.FetchPartition { Partition = position.Key, FetchOffset = position.Value, PartitionMaxBytes = 1 << 20 })];
            return (await _broker.AskAsync(request, version)).Responses[0].Partitions.ToDictionary(partition => partition.PartitionIndex);
        }

        private Storage.PartitionLog Log(int partition)
        {
            Assert.Equal(ErrorCode.None, _broker.Partitions.Find("t", partition, out var found));
            return found!.Log;
        }

        private void Say(string step, int number = 0) => Trace.Append(step).Append(CultureInfo.InvariantCulture, $" {number}; ");
    }
}
