using Spate.Protocol.Records;

namespace Spate.Storage.Tests.Producers;

/// <summary>A producer as the model sees it: every batch of its epoch in a list.</summary>
internal sealed record NaiveProducer
{
    public short Epoch { get; init; } = -1;

    public int CoordinatorEpoch { get; init; } = -1;

    public long Timestamp { get; init; } = -1;

    public long TransactionFirst { get; init; } = -1;

    public IReadOnlyList<RecordBatchHeader> Batches { get; init; } = [];

    public NaiveProducer With(RecordBatchHeader batch) => this with
    {
        Epoch = batch.ProducerEpoch,
        Timestamp = batch.MaxTimestamp,
        TransactionFirst = TransactionFirst < 0 && batch.IsTransactional ? batch.BaseOffset : TransactionFirst,
        Batches = [.. Epoch == batch.ProducerEpoch ? Batches : [], batch],
    };

    public NaiveProducer With(Spate.Storage.Producers.TransactionMarker marker) => this with
    {
        Epoch = marker.ProducerEpoch,
        CoordinatorEpoch = marker.CoordinatorEpoch,
        Timestamp = marker.Timestamp,
        TransactionFirst = -1,
        Batches = Epoch == marker.ProducerEpoch ? Batches : [],
    };

    /// <summary>What a snapshot leaves of it: the last batch, and one timestamp for it and for a marker behind it.</summary>
    public NaiveProducer Reloaded() =>
        this with { Batches = [.. Batches.TakeLast(1).Select(batch => batch with { MaxTimestamp = Timestamp })] };
}
