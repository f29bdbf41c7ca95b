namespace Spate.Protocol.Wire;

/// <summary>
/// Bytes from outside that are not the message they claim to be. Nothing that was read of it may be used; a connection that sent it
/// cannot be trusted to be in step any more and is closed. The text names message, version, field and reason.
/// </summary>
public sealed class MalformedMessageException : Exception
{
    internal MalformedMessageException(string? messageName, short version, string? field, int position, string reason)
        : base(Describe(messageName, version, field, position, reason))
    {
        MessageName = messageName;
        Version = version;
        Field = field;
        Position = position;
        Reason = reason;
    }

    /// <summary>The message that was being read; null when the reader was used without one.</summary>
    public string? MessageName { get; }

    /// <summary>The version it was read in; 0 without a message.</summary>
    public short Version { get; }

    /// <summary>The path of the field, such as <c>Topics.Partitions</c>; null when the fault is in no field.</summary>
    public string? Field { get; }

    /// <summary>How many bytes of the input had been read, from 0.</summary>
    public int Position { get; }

    /// <summary>What is wrong, in words.</summary>
    public string Reason { get; }

    private static string Describe(string? messageName, short version, string? field, int position, string reason) =>
        (messageName, field) switch
        {
            (null, _) => $"Input at byte {position}: {reason}",
            (_, null) => $"{messageName} v{version}: {reason}",
            _ => $"{messageName} v{version}: {field}: {reason}",
        };
}
