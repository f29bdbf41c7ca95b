using Spate.Protocol.Records;

namespace Spate.Cli.Producing;

/// <summary>A record as it was read, to be sent. What is null is left to the options of the verb.</summary>
internal sealed record RecordDraft(byte[]? Key, byte[]? Value)
{
    public int? Partition { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    public RecordHeader[] Headers { get; init; } = [];
}
