using Spate.Protocol.Records;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

/// <summary>The walk takes usual records a short way; it must come to what the plain reader of the protocol comes to.</summary>
public sealed class RecordWalkTests
{
    private const int Rounds = 500;

    public static TheoryData<string> Shapes => [.. MakeShapes().Keys];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Over_SoundRecords_FindsWhatThePlainReaderFinds(string shape)
    {
        var records = MakeShapes()[shape];

        AssertAgrees(Batches.Of(RecordBatchOptions.Default, records)[RecordBatchLayout.Records..], records.Length);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Over_DamagedRecords_AgreesWithThePlainReader(string shape)
    {
        var records = MakeShapes()[shape];
        var sound = Batches.Of(RecordBatchOptions.Default, records)[RecordBatchLayout.Records..];
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            var damaged = sound.ToArray();
            var position = random.Next(Math.Min(damaged.Length, 400));
            damaged[position] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(damaged[position] ^ (1 << random.Next(8)));
            var count = records.Length + (random.Next(8) == 0 ? random.Next(-1, 2) : 0);
            try
            {
                AssertAgrees(damaged, Math.Max(count, 1));
                AssertAgrees(damaged[..random.Next(damaged.Length)], Math.Max(count, 1));
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Failed with seed {seed}.", failure);
            }
        }
    }

    [Fact]
    public void Take_UsualRecords_TakesAllButThoseTooNearTheEnd()
    {
        var records = Batches.Of(RecordBatchOptions.Default, MakeShapes()["usual"])[RecordBatchLayout.Records..];

        var usual = UsualRecords.Take(records, 300);

        Assert.Equal(300, usual.Count);
        Assert.Equal(records.Length, usual.Size);
    }

    [Fact]
    public void Take_RecordWithHeaders_StopsBeforeIt()
    {
        var first = new TestRecord(1, "01", new string('0', 40));
        var records = Batches.Of(RecordBatchOptions.Default, first, first with { Headers = "01=02;" }, first)[RecordBatchLayout.Records..];

        Assert.Equal(1, UsualRecords.Take(records, 3).Count);
    }

    private static void AssertAgrees(byte[] records, int count)
    {
        var error = RecordBatch.Inspect(records, count, out var expected);
        var walk = RecordWalk.Over(records, count);

        Assert.Equal(error == RecordError.None, walk.Error == RecordError.None);
        if (error == RecordError.None)
        {
            Assert.Equal(
                (expected.HasContiguousOffsets, expected.HasNullKey, expected.MinTimestampDelta, expected.MaxTimestampDelta),
                (walk.IsInSequence, walk.HasNullKey, walk.MinTimestampDelta, walk.MaxTimestampDelta));
        }
    }

    private static Dictionary<string, TestRecord[]> MakeShapes() => new()
    {
        ["one of nothing"] = [new(5, null, null)],
        ["nothing but nulls"] = Many(50, _ => new(5, null, null)),
        ["usual"] = Many(300, index => new(1000 + (index % 7), "0102", new string('A', 200))),
        ["one null key"] = Many(100, index => new(1000 - index, index == 60 ? null : "0102", "03")),
        ["key and value of every length"] = Many(300, index => new(index, new string('B', index * 2), new string('C', (300 - index) * 2))),
        ["late and early"] = Many(40, index => new(index % 2 == 0 ? index * 1_000_000L : -index * 70_000L, "01", "02")),
        ["headers now and then"] = Many(60, index => new(index, "01", new string('D', 40), index % 9 == 8 ? "01=02;03=~;" : "")),
        ["a large one among small ones"] = Many(30, index => new(index, "01", new string('E', index == 15 ? 40_000 : 20))),
        ["more than two bytes of offset"] = Many(9000, index => new(index, "01", "02")),
    };

    private static TestRecord[] Many(int count, Func<int, TestRecord> make) => [.. Enumerable.Range(0, count).Select(make)];
}
