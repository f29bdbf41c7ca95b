using Spate.Protocol;

namespace Spate.Cli.Bench.Load;

/// <summary>Whoever looks at the records that a consumer hands out. Called by one thread at a time, and not to allocate for a record.</summary>
internal interface IRecordTaker
{
    /// <summary>Records of a partition were handed out, at this moment.</summary>
    void Begin(TopicPartition partition);

    /// <summary>One of them.</summary>
    /// <param name="offset">Its offset.</param>
    /// <param name="value">Its value, good until this returns.</param>
    void Take(long offset, ReadOnlySpan<byte> value);

    /// <summary>These were all that were handed out at once.</summary>
    void End();
}
