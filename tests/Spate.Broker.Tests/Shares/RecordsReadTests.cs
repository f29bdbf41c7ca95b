using Microsoft.Win32.SafeHandles;
using Spate.Broker.Shares.Partitions;
using Spate.Broker.Tests.Hosting;
using Spate.Broker.Tests.Network;
using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Records;
using Spate.Protocol.Wire;
using Spate.Storage;
using Spate.Storage.Transactions;

namespace Spate.Broker.Tests.Shares;

public sealed class RecordsReadTests
{
    private static readonly byte[] Log = Batches.Join(
        Batch(0, "a", "b"),
        Batch(2, ProducerOf(7), "aborted"),
        Batch(3, new RecordBatchOptions { BaseOffset = 3, IsControl = true, IsTransactional = true, ProducerId = 7, ProducerEpoch = 0 }, "marker"),
        Batch(4, ProducerOf(7), "committed"),
        Batch(9, "c"));

    [Fact]
    public void Of_ALog_FindsBatchesWithRecordsAndTheEndOfTheLastWholeOne()
    {
        using var read = RecordsRead.Of(Result(Log.AsMemory(0, Log.Length - 1), new AbortedTransaction(7, 2, 3, 4)), 1, until: 100);

        Assert.Equal([new OffsetRange(0, 1), new OffsetRange(4, 4)], read.Batches);
        Assert.Equal((1, 5), (read.FetchOffset, read.EndOffset));
    }

    [Fact]
    public void Of_ALogWithoutIsolation_FindsWhatWasAbortedToo()
    {
        using var read = RecordsRead.Of(Result(Log), 0, until: 4);

        Assert.Equal([new OffsetRange(0, 1), new OffsetRange(2, 2)], read.Batches);
        Assert.Equal(4, read.EndOffset);
    }

    [Fact]
    public void Of_MessagesOfOlderFormats_FindsTheOffsetThatEachSays()
    {
        using var read = RecordsRead.Of(Result(Batches.Legacy(1, "x", "y")), 0, until: 100);

        Assert.Equal([new OffsetRange(0, 0), new OffsetRange(1, 1)], read.Batches);
    }

    [Fact]
    public void Of_BytesThatAreNoBatch_IsRefusedAndNothingIsHeldOpen()
    {
        var source = new TestRecordSource(100, failsAt: 10);
        Assert.Throws<IOException>(() => RecordsRead.Of(Result(source), 0, until: 100));
        Assert.True(source.IsDisposed);
        Assert.Throws<InvalidDataException>(() => RecordsRead.Of(Result(new byte[100]), 0, until: 100));
    }

    [Fact]
    public void Take_SomeRecords_GivesTheirBatchesAlone()
    {
        using var read = RecordsRead.Of(Result(Log), 0, until: 100);

        using var records = read.Take(1, 4);

        var bytes = new byte[records.Length];
        Assert.Equal(bytes.Length, records.Read(0, bytes));
        Assert.Equal(["a", "b", "aborted", "marker", "committed"], Batches.Values(bytes));
    }

    [Fact]
    public void A_part_of_a_file_is_sent_from_the_file()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
            using var file = File.OpenHandle(path);
            using var stretch = new RecordStretch(new FileRegionSource(file, 2, 7), 3, 2);
            var bytes = new byte[4];

            Assert.Equal((2, 5, file), (stretch.Length, stretch.Start, (SafeFileHandle?)stretch.Handle));
            Assert.Equal(2, stretch.Read(0, bytes));
            Assert.Equal([5, 6, 0, 0], bytes);
            Assert.Equal(1, stretch.Read(1, bytes.AsSpan(0, 1)));
            Assert.Equal(6, bytes[0]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static RecordBatchOptions ProducerOf(long id) => new() { ProducerId = id, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true };

    private static byte[] Batch(long offset, params string[] values) => Batch(offset, RecordBatchOptions.Default, values);

    private static byte[] Batch(long offset, RecordBatchOptions options, params string[] values) =>
        Batches.With(options with { BaseOffset = offset }, TestBroker.StartMs, values);

    private static LogReadResult Result(ReadOnlyMemory<byte> bytes, params AbortedTransaction[] aborted) => Result(new Bytes(bytes), aborted);

    private static LogReadResult Result(IRecordSource records, params AbortedTransaction[] aborted) => new()
    {
        Records = records,
        HighWatermark = 10,
        LastStableOffset = 10,
        LogStartOffset = 0,
        LogEndOffset = 10,
        AbortedTransactions = aborted,
    };

    private sealed class Bytes(ReadOnlyMemory<byte> bytes) : IRecordSource
    {
        public int Length => bytes.Length;

        public int Read(int position, Span<byte> destination)
        {
            var count = Math.Min(destination.Length, bytes.Length - position);
            bytes.Span.Slice(position, count).CopyTo(destination);
            return count;
        }

        public void Dispose()
        {
        }
    }
}
