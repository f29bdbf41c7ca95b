using Microsoft.Extensions.Time.Testing;
using Spate.Broker.Fetching;
using Spate.Broker.Partitions;
using Spate.Broker.Tests.Hosting;
using Spate.Broker.Tests.Network;
using Spate.Broker.Tests.Partitions;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Broker.Tests.Fetching;

/// <summary>The bound on records that stand in memory because their client is old.</summary>
public sealed class OlderFormatTests : IDisposable
{
    private static readonly ProduceTerms Terms = new() { RequiresInSyncReplicas = false, AcceptsLegacyMagic = false, AcceptsZstd = true };
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _clock = new();
    private readonly TestPartitions _partitions = new();
    private readonly PartitionTable _table = new();

    public OlderFormatTests()
    {
        var partition = _partitions.New(Uuid.NewRandom(new Random(1)), 0, leaderEpoch: 0);
        _table.Add(partition);
        partition.Append(Batches.Of(new string('a', 1000)), Terms);
    }

    public void Dispose() => _partitions.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    public async Task ConvertAsync_RoomEnough_GivesTheFormatOfTheTime(short version, byte magic)
    {
        var format = new OlderFormat(_clock);
        var reply = await ConvertAsync(format, version);

        var bytes = Bytes(reply);
        Assert.Equal((magic, new string('a', 1000)), (bytes[RecordBatchLayout.Magic], Assert.Single(Batches.Values(bytes))));
        Assert.InRange(format.BytesHeld, bytes.Length, 3 * bytes.Length);
        Release(reply);
        Assert.Equal(0, format.BytesHeld);
    }

    [Fact]
    public async Task ConvertAsync_NoRoom_IsAnsweredWithoutRecordsWhenTheTimeIsUp()
    {
        var format = new OlderFormat(_clock, bytesMax: 3000);
        var first = await ConvertAsync(format, 3);
        var second = ConvertAsync(format, 3);
        Assert.False(second.IsCompleted);

        _clock.Advance(Wait);
        var late = await second.OrTimeout("the second conversion");

        Assert.Equal((ErrorCode.None, 0), (late.Responses[0].Partitions[0].ErrorCode, late.Responses[0].Partitions[0].Records.Length));
        Release(first);
        Assert.Equal(0, format.BytesHeld);
    }

    [Fact]
    public async Task ConvertAsync_RoomThatIsGivenBack_IsTakenByWhoWaits()
    {
        var format = new OlderFormat(_clock, bytesMax: 3000);
        var first = await ConvertAsync(format, 3);
        var second = ConvertAsync(format, 3);

        Release(first);
        var reply = await second.OrTimeout("the second conversion");

        Assert.Equal([new string('a', 1000)], Batches.Values(Bytes(reply)));
        Release(reply);
        Assert.Equal(0, format.BytesHeld);
    }

    [Fact]
    public async Task ConvertAsync_AnswerThatIsLargerThanTheBound_ComesAloneAndWhole()
    {
        var format = new OlderFormat(_clock, bytesMax: 10);
        var reply = await ConvertAsync(format, 3);

        Assert.Equal([new string('a', 1000)], Batches.Values(Bytes(reply)));
        Release(reply);
        Assert.Equal(0, format.BytesHeld);
    }

    [Fact]
    public async Task ConvertAsync_ClientThatIsGone_HoldsNothing()
    {
        var format = new OlderFormat(_clock, bytesMax: 3000);
        var first = await ConvertAsync(format, 3);
        using var closed = new CancellationTokenSource();
        var second = ConvertAsync(format, 3, closed.Token);

        await closed.CancelAsync();
        Assert.Equal(0, (await second.OrTimeout("the second conversion")).Responses[0].Partitions[0].Records.Length);
        Release(first);
        Assert.Equal(0, format.BytesHeld);
    }

    [Fact]
    public async Task ConvertAsync_DiskThatFails_IsAnErrorOfThePartitionAndToldToTheOwner()
    {
        var format = new OlderFormat(_clock);
        var pass = Pass(3);
        _partitions.Disk.Break(Path.GetFullPath("/data"));

        await format.ConvertAsync(pass.Answers, 3, Wait, default);

        Assert.Equal(ErrorCode.KafkaStorageError, pass.TakeReply().Responses[0].Partitions[0].ErrorCode);
        Assert.Single(_partitions.Failures);
        Assert.Equal(0, format.BytesHeld);
    }

    private async Task<FetchResponse> ConvertAsync(OlderFormat format, short version, CancellationToken closed = default)
    {
        var pass = Pass(version);
        await format.ConvertAsync(pass.Answers, version, Wait, closed);
        return pass.TakeReply();
    }

    private FetchPass Pass(short version)
    {
        var request = Ask.Fetch("t", 0, 0, maxBytes: 1 << 20);
        var pass = new FetchPass(_table, FetchedPartitions.Of(request.Topics), new FetchTerms(request, version, int.MaxValue, 1), isIncremental: false);
        pass.Run();
        return pass;
    }

    private static byte[] Bytes(FetchResponse reply)
    {
        var source = reply.Responses[0].Partitions[0].Records.Source!;
        var bytes = new byte[source.Length];
        Assert.Equal(bytes.Length, source.Read(0, bytes));
        return bytes;
    }

    private static void Release(FetchResponse reply) => reply.Responses[0].Partitions[0].Records.Source!.Dispose();
}
