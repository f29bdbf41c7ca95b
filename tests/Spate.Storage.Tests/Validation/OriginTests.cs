using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

public sealed class OriginTests
{
    [Fact]
    public void A_coordinator_may_write_several_batches_and_markers_at_once()
    {
        var records = Batches.Concatenate(Batches.Plain(3), Marker(42), Batches.Plain(2));

        using var result = BatchValidator.Validate(records, Request(AppendOrigin.Coordinator));

        Assert.Null(result.Failure);
        Assert.False(result.IsReplaced);
        Assert.Equal(
            [(1000, 1002), (1003, 1003), (1004, 1005)],
            Batches.FactsOf(result).Select(batch => (batch.FirstOffset, batch.LastOffset)));
        Assert.Equal([false, true, false], Batches.FactsOf(result).Select(batch => batch.IsControl));
        Assert.Equal((3, 6L), (result.Summary.BatchCount, result.Summary.RecordCount));
        Assert.Equal((1000, 1005), (result.Summary.FirstOffset, result.Summary.LastOffset));
    }

    [Fact]
    public void The_first_batch_with_the_greatest_timestamp_gives_its_last_offset()
    {
        var late = Batches.Of(RecordBatchOptions.Default, new TestRecord(9, "01", "02"), new TestRecord(5, "01", "02"));
        var early = Batches.Of(RecordBatchOptions.Default, new TestRecord(3, "01", "02"));

        using var result = BatchValidator.Validate(Batches.Concatenate(early, late, late), Request(AppendOrigin.Coordinator));

        Assert.Equal((9, 1002), (result.Summary.MaxTimestamp, result.Summary.OffsetOfMaxTimestamp));
    }

    [Fact]
    public void Batches_around_one_that_is_written_anew_come_along_in_their_order()
    {
        var records = Batches.Concatenate(
            Batches.Compressed(CompressionCodec.Lz4, 2), Marker(42), Batches.Plain(3), Batches.Compressed(CompressionCodec.Lz4, 1));
        var request = Request(AppendOrigin.Coordinator, new ValidationRules { TargetCodec = CompressionCodec.Lz4 });

        using var result = BatchValidator.Validate(records, request);

        Assert.True(result.IsReplaced);
        Assert.Equal([0, 2, 3, 6], Batches.FactsOf(result).Select(batch => batch.FirstOffset - ValidationRequests.NextOffset));
        Assert.Equal([false, true, false, false], Batches.FactsOf(result).Select(batch => batch.IsControl));
        Assert.Equal(Enumerable.Range(1000, 7), Batches.ReadAll(result).Select(record => (int)record.Offset));
        var third = Batches.FactsOf(result)[2];
        Assert.Equal(CompressionCodec.Lz4, Batches.Header(result.Records.Span[third.Position..]).Codec);
    }

    [Fact]
    public void A_marker_is_taken_whatever_the_topic_asks_of_records()
    {
        var rules = new ValidationRules
        {
            TimestampBeforeMaximumMs = 0,
            TimestampAfterMaximumMs = 0,
            TargetCodec = CompressionCodec.Gzip,
            IsCompacted = true,
        };

        using var result = BatchValidator.Validate(Marker(42), Request(AppendOrigin.Coordinator, rules));

        Assert.Null(result.Failure);
        Assert.False(result.IsReplaced);
        var facts = Assert.Single(Batches.FactsOf(result));
        Assert.Equal((42L, (short)5, -1, -1), (facts.ProducerId, facts.ProducerEpoch, facts.BaseSequence, facts.LastSequence));
    }

    [Fact]
    public void A_quorum_keeps_its_offsets_and_epochs()
    {
        var records = Batches.Concatenate(At(1000, 3), At(1003, 2));
        var original = records.ToArray();

        using var result = BatchValidator.Validate(records, Request(AppendOrigin.RaftLeader));

        Assert.Null(result.Failure);
        Assert.Equal(original, result.Records.ToArray());
        Assert.Equal((1000, 1004), (result.Summary.FirstOffset, result.Summary.LastOffset));
        Assert.All(Batches.FactsOf(result), batch => Assert.Equal(3, batch.LeaderEpoch));
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1001)]
    public void A_quorum_must_not_leave_gaps_or_go_back(long offset)
    {
        using var result = BatchValidator.Validate(At(offset, 3), Request(AppendOrigin.RaftLeader));

        Assert.Equal(AppendError.OffsetsOutOfOrder, result.Error);
    }

    [Fact]
    public void A_quorum_is_bound_to_the_maximum_size_and_to_magic_2()
    {
        var small = new ValidationRules { MaximumBatchSize = 70 };

        using var large = BatchValidator.Validate(At(1000, 3), Request(AppendOrigin.RaftLeader, small));
        using var old = BatchValidator.Validate(
            Batches.Legacy(1, CompressionCodec.None, Batches.Records(1)), Request(AppendOrigin.RaftLeader));

        Assert.Equal(AppendError.MessageTooLarge, large.Error);
        Assert.Equal(AppendError.InvalidRecord, old.Error);
    }

    [Fact]
    public void A_follower_takes_what_compaction_left_over()
    {
        var emptied = Batches.Of(new RecordBatchOptions { BaseOffset = 1010, LastOffset = 1014 });
        var holed = Batches.Of(new RecordBatchOptions { BaseOffset = 1020, LastOffset = 1029 }, Batches.Records(2));

        using var result = BatchValidator.Validate(
            Batches.Concatenate(emptied, holed),
            Request(AppendOrigin.Replication, new ValidationRules { MaximumBatchSize = 0, IsCompacted = true }));

        Assert.Null(result.Failure);
        Assert.Equal((1010, 1029, 2L), (result.Summary.FirstOffset, result.Summary.LastOffset, result.Summary.RecordCount));
    }

    [Fact]
    public void A_follower_leaves_out_a_last_batch_that_was_cut_short()
    {
        var whole = At(1000, 3);
        var records = Batches.Concatenate(whole, At(1003, 3)[..^1]);

        using var result = BatchValidator.Validate(records, Request(AppendOrigin.Replication));
        using var nothingWhole = BatchValidator.Validate(At(1000, 3).AsMemory(..^1), Request(AppendOrigin.Replication));

        Assert.Equal(whole, result.Records.ToArray());
        Assert.Equal(1002, result.Summary.LastOffset);
        Assert.Equal(AppendError.CorruptMessage, nothingWhole.Error);
    }

    [Fact]
    public void A_follower_takes_no_offset_twice()
    {
        using var result = BatchValidator.Validate(Batches.Concatenate(At(1000, 3), At(1002, 3)), Request(AppendOrigin.Replication));
        using var behind = BatchValidator.Validate(At(999, 1), Request(AppendOrigin.Replication));

        Assert.Equal(AppendError.OffsetsOutOfOrder, result.Error);
        Assert.Equal(AppendError.OffsetsOutOfOrder, behind.Error);
    }

    [Fact]
    public void A_follower_takes_no_batch_whose_checksum_is_wrong()
    {
        var records = At(1000, 3);
        records[^1] ^= 1;

        using var result = BatchValidator.Validate(records, Request(AppendOrigin.Replication));

        Assert.Equal(AppendError.CorruptMessage, result.Error);
    }

    [Fact]
    public void A_follower_takes_a_leaders_old_messages_as_they_are()
    {
        var records = Batches.Legacy(1, CompressionCodec.None, Batches.Records(3));
        var original = records.ToArray();

        using var result = BatchValidator.Validate(records, Request(AppendOrigin.Replication) with { NextOffset = 0 });

        Assert.Null(result.Failure);
        Assert.Equal(original, result.Records.ToArray());
        Assert.Equal(
            (0, 2, Batches.FirstTimestamp + 2),
            (result.Summary.FirstOffset, result.Summary.LastOffset, result.Summary.MaxTimestamp));
        Assert.All(Batches.FactsOf(result), message => Assert.Equal((-1, -1L), (message.LeaderEpoch, message.ProducerId)));
    }

    private static ValidationRequest Request(AppendOrigin origin, ValidationRules? rules = null) =>
        ValidationRequests.FromClient(rules) with { Origin = origin };

    private static byte[] At(long offset, int count) =>
        Batches.Of(new RecordBatchOptions { BaseOffset = offset, PartitionLeaderEpoch = 3 }, Batches.Records(count));

    private static byte[] Marker(long producerId)
    {
        using var builder = new RecordBatchBuilder();
        return ControlBatch.BuildEndTransaction(builder, 77, ControlRecordType.Commit, producerId, 5, 1).ToArray();
    }
}
