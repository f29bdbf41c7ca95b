using System.Runtime.InteropServices;
using Spate.Protocol.Records;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

public sealed class InPlaceTests
{
    [Fact]
    public void Validate_GoodBatch_PatchesTheSameMemory()
    {
        var memory = Batches.Plain(3);

        using var result = BatchValidator.Validate(memory, ValidationRequests.FromClient());

        Assert.True(result.IsValid);
        Assert.False(result.IsReplaced);
        Assert.True(MemoryMarshal.TryGetArray<byte>(result.Records, out var patched));
        Assert.Same(memory, patched.Array);
        Assert.Equal(memory.Length, patched.Count);
        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(memory, out var header));
        Assert.Equal(ValidationRequests.NextOffset, header.BaseOffset);
        Assert.Equal(ValidationRequests.LeaderEpoch, header.PartitionLeaderEpoch);
    }

    [Fact]
    public void Validate_GoodBatch_SumsItUp()
    {
        using var result = BatchValidator.Validate(Batches.Plain(3), ValidationRequests.FromClient());

        Assert.Equal(
            new AppendSummary
            {
                FirstOffset = 1000,
                LastOffset = 1002,
                MaxTimestamp = Batches.FirstTimestamp + 2,
                OffsetOfMaxTimestamp = 1002,
                LogAppendTimeMs = null,
                BatchCount = 1,
                RecordCount = 3,
            },
            result.Summary);
    }

    [Fact]
    public void Validate_GoodBatch_AllocatesNothing()
    {
        var memory = Batches.Plain(100);
        var pristine = memory.ToArray();
        var request = ValidationRequests.FromClient(new ValidationRules { IsCompacted = true, TimestampAfterMaximumMs = 1000 });
        Append();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var last = Append();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(1099, last);

        long Append()
        {
            pristine.CopyTo(memory, 0);
            using var result = BatchValidator.Validate(memory, request);
            var lastOffset = -1L;
            foreach (var batch in result.Batches)
            {
                lastOffset = batch.LastOffset;
            }

            return lastOffset;
        }
    }

    [Fact]
    public void Validate_LogAppendTime_StandsInTheHeaderAndKeepsTheChecksumGood()
    {
        var memory = Batches.Plain(3);
        var rules = new ValidationRules
        {
            TimestampType = TimestampType.LogAppendTime,
            TimestampAfterMaximumMs = 0,
            TimestampBeforeMaximumMs = 0,
        };

        using var result = BatchValidator.Validate(memory, ValidationRequests.FromClient(rules));

        Assert.False(result.IsReplaced);
        Assert.Equal(ValidationRequests.NowMs, result.Summary.LogAppendTimeMs);
        Assert.Equal(ValidationRequests.NowMs, result.Summary.MaxTimestamp);
        Assert.Equal(1002, result.Summary.OffsetOfMaxTimestamp);
        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(memory, out var header));
        Assert.Equal(TimestampType.LogAppendTime, header.TimestampType);
        Assert.Equal(ValidationRequests.NowMs, header.MaxTimestamp);
        Assert.Equal(ValidationRequests.NowMs, header.TimestampOf(0));
    }

    [Fact]
    public void Validate_WrongMaximumTimestamp_IsSetRight()
    {
        var memory = Batches.Plain(3);
        RecordBatchPatch.SetMaxTimestamp(memory, TimestampType.CreateTime, 5);

        using var result = BatchValidator.Validate(memory, ValidationRequests.FromClient());

        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(memory, out var header));
        Assert.Equal(Batches.FirstTimestamp + 2, header.MaxTimestamp);
        Assert.Equal(header.MaxTimestamp, result.Summary.MaxTimestamp);
    }

    [Fact]
    public void Validate_IdempotentBatch_ShowsItsProducerInTheFacts()
    {
        var memory = Batches.Of(
            new RecordBatchOptions { ProducerId = 42, ProducerEpoch = 3, BaseSequence = int.MaxValue - 1, IsTransactional = true },
            Batches.Records(4));

        using var result = BatchValidator.Validate(memory, ValidationRequests.FromClient());

        var facts = Assert.Single(Batches.FactsOf(result));
        Assert.Equal(
            new BatchFacts
            {
                Position = 0,
                Size = memory.Length,
                FirstOffset = 1000,
                LastOffset = 1003,
                MaxTimestamp = Batches.FirstTimestamp + 3,
                LeaderEpoch = ValidationRequests.LeaderEpoch,
                ProducerId = 42,
                ProducerEpoch = 3,
                BaseSequence = int.MaxValue - 1,
                LastSequence = 1,
                IsTransactional = true,
                IsControl = false,
            },
            facts);
    }

    [Fact]
    public void Validate_SequenceWithoutProducerId_IsIgnored()
    {
        var memory = Batches.Of(new RecordBatchOptions { ProducerEpoch = 0, BaseSequence = 0 }, Batches.Records(1));

        using var result = BatchValidator.Validate(memory, ValidationRequests.FromClient());

        var facts = Assert.Single(Batches.FactsOf(result));
        Assert.False(facts.HasProducerId);
        Assert.Equal(-1, facts.BaseSequence);
        Assert.Equal(-1, facts.ProducerEpoch);
    }
}
