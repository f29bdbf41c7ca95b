namespace Spate.Cli.Bench;

/// <summary>How consumers take what they read, as an application would.</summary>
internal enum ReadingWay
{
    /// <summary>Batches as they were received, without an object for a record: the least that a client can do.</summary>
    Raw,

    /// <summary>Keys and values by the batches that they were written in.</summary>
    Batch,

    /// <summary>One key and value after the other.</summary>
    Record,
}
