using FsCheck;
using FsCheck.Fluent;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

public sealed class RoundTripProperties
{
    private static readonly Gen<string?> Bytes =
        from bytes in Gen.ListOf(ArbMap.Default.GeneratorFor<byte>())
        from isNull in Gen.Frequency((1, Gen.Constant(true)), (4, Gen.Constant(false)))
        select isNull ? null : Convert.ToHexString([.. bytes]);

    private static readonly Gen<string> Headers =
        from headers in Gen.ListOf(from key in Bytes from value in Bytes select $"{key}={value ?? "~"};")
        select string.Concat(headers.Take(3));

    private static readonly Gen<TestRecord> AnyRecord =
        from timestamp in Gen.OneOf(
            Gen.Choose(-1, 1_000_000).Select(value => (long)value),
            Gen.Choose(0, int.MaxValue).Select(value => value * 4000L))
        from key in Bytes
        from value in Bytes
        from headers in Headers
        select new TestRecord(timestamp, key, value, headers);

    private static readonly Gen<Produced> AnySet =
        from magic in Gen.Choose(0, 2)
        from codec in Gen.Choose(0, magic == 2 ? 4 : 3)
        from target in Gen.Choose(-1, 4)
        from isLogAppendTime in ArbMap.Default.GeneratorFor<bool>()
        from first in AnyRecord
        from rest in Gen.ListOf(AnyRecord)
        select new Produced(
            (byte)magic, (CompressionCodec)codec, target < 0 ? null : (CompressionCodec)target, isLogAppendTime, [first, .. rest]);

    [Fact]
    public void What_is_validated_reads_back_with_the_offsets_that_were_asked_for()
    {
        var property = Prop.ForAll(AnySet.ToArbitrary(), produced =>
        {
            var rules = new ValidationRules
            {
                TargetCodec = produced.Target,
                TimestampType = produced.IsLogAppendTime ? TimestampType.LogAppendTime : TimestampType.CreateTime,
            };
            var sent = produced.ToBytes();

            using var result = BatchValidator.Validate(sent, ValidationRequests.FromClient(rules) with { AcceptsLegacyMagic = true });

            Batches.AssertHolds(produced.Stored(), result);
            AssertSummary(produced, result);
        });

        Check.One(Config.QuickThrowOnFailure.WithReplay(2063, 2081).WithMaxTest(300), property);
    }

    private static void AssertSummary(Produced produced, in ValidationResult result)
    {
        var header = Batches.Header(result.Records.Span);
        var facts = Assert.Single(Batches.FactsOf(result));
        Assert.Equal(BatchFacts.Of(header, 0), facts);
        Assert.Equal(produced.Records.Count, result.Summary.RecordCount);
        Assert.Equal((header.BaseOffset, header.LastOffset), (result.Summary.FirstOffset, result.Summary.LastOffset));
        Assert.Equal(produced.Target ?? produced.Codec, header.Codec);
        Assert.Equal(ValidationRequests.LeaderEpoch, header.PartitionLeaderEpoch);
        Assert.Equal(produced.Stored().Max(record => record.Timestamp), header.MaxTimestamp);
        Assert.Equal(header.MaxTimestamp, result.Summary.MaxTimestamp);
        Assert.Equal(header.MaxTimestamp < 0 ? -1 : header.LastOffset, result.Summary.OffsetOfMaxTimestamp);
        Assert.Equal(produced.IsLogAppendTime ? ValidationRequests.NowMs : null, result.Summary.LogAppendTimeMs);
    }

    private sealed record Produced(
        byte Magic, CompressionCodec Codec, CompressionCodec? Target, bool IsLogAppendTime, IReadOnlyList<TestRecord> Records)
    {
        public byte[] ToBytes() => Magic == 2
            ? Batches.Of(new RecordBatchOptions { Codec = Codec }, Records)
            : Batches.Legacy(Magic, Codec, Records);

        public IEnumerable<TestRecord> Stored() => Records.Select(record => record with
        {
            Timestamp = IsLogAppendTime ? ValidationRequests.NowMs : Magic == 0 ? -1 : record.Timestamp,
            Headers = Magic == 2 ? record.Headers : "",
        });
    }
}
