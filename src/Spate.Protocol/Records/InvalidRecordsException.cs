namespace Spate.Protocol.Records;

/// <summary>Bytes are not the records they claim to be: for tools, where stopping is the right answer. The data path uses the error as a value.</summary>
public sealed class InvalidRecordsException : FormatException
{
    public InvalidRecordsException(RecordError error, long position)
        : base($"The records are not sound at byte {position}: {error}.")
    {
        Error = error;
        Position = position;
    }

    public RecordError Error { get; }

    /// <summary>Where the faulty batch starts, in bytes.</summary>
    public long Position { get; }
}
