namespace Spate.Client.Producing;

/// <summary>The id and epoch by which brokers tell an idempotent producer's batches from repetitions (KIP-98).</summary>
internal readonly record struct ProducerIdentity(long Id, short Epoch)
{
    public static ProducerIdentity None { get; } = new(-1, -1);

    public bool IsNone => Id < 0;

    /// <summary>The next epoch, or none when there is no other: then a new id is asked for (KIP-360).</summary>
    public ProducerIdentity Next() => Epoch < short.MaxValue ? this with { Epoch = (short)(Epoch + 1) } : None;
}
