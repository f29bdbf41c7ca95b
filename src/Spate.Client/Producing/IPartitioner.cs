namespace Spate.Client.Producing;

/// <summary>Chooses partitions for records that name none. One instance serves all threads.</summary>
public interface IPartitioner
{
    /// <summary>The partition, from 0 up to, but not including, the count; or -1 to leave this record to the partitioner that is built in.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="hasKey">Whether the record has a key.</param>
    /// <param name="key">The key's bytes; empty without one.</param>
    /// <param name="value">The value's bytes; empty without one.</param>
    /// <param name="partitionCount">Partitions of the topic, at least 1.</param>
    int ChoosePartition(string topic, bool hasKey, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int partitionCount);
}
