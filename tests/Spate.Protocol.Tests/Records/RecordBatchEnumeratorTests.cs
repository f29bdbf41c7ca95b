using Spate.Protocol.Records;

namespace Spate.Protocol.Tests.Records;

public sealed class RecordBatchEnumeratorTests
{
    [Fact]
    public void MoveNext_TwoBatchesAndHalfAnother_ReportsTheIncompleteTail()
    {
        var one = Batch(0);
        var log = one.Concat(Batch(1)).Concat(one.Take(30)).ToArray();
        var batches = new RecordBatchEnumerator(log);
        Assert.True(batches.MoveNext());
        Assert.Equal((0, 0), (batches.Position, batches.Offset));
        Assert.True(batches.MoveNext());
        Assert.Equal((one.Length, 1), (batches.Position, batches.Offset));
        Assert.Equal(2, batches.Magic);
        Assert.False(batches.MoveNext());
        Assert.Equal(RecordError.Incomplete, batches.Error);
        Assert.Equal(2 * one.Length, batches.BytesConsumed);
    }

    [Fact]
    public void MoveNext_AtACleanEnd_ReportsNoError()
    {
        var batches = new RecordBatchEnumerator(Batch(0));
        Assert.True(batches.MoveNext());
        Assert.False(batches.MoveNext());
        Assert.Equal(RecordError.None, batches.Error);
    }

    [Theory]
    [InlineData(16, 3, RecordError.UnsupportedMagic)]
    [InlineData(8, 0xFF, RecordError.InvalidBatchLength)]
    [InlineData(11, 0, RecordError.InvalidBatchLength)]
    public void MoveNext_ADamagedHeader_ReportsWhatIsWrong(int at, byte value, RecordError expected)
    {
        var log = Batch(0);
        log[at] = value;
        var batches = new RecordBatchEnumerator(log);
        Assert.False(batches.MoveNext());
        Assert.Equal(expected, batches.Error);
        Assert.Equal(0, batches.BytesConsumed);
    }

    private static byte[] Batch(long baseOffset)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { BaseOffset = baseOffset });
        builder.Append(1, "k"u8, "v"u8);
        return builder.Build().ToArray();
    }
}
