namespace Spate.Protocol.Wire;

/// <summary>
/// A message cannot be written in the version asked for: a field says something that this version has no room for, and leaving it out
/// would change what the message means. The caller has to take another version or leave the field at its default.
/// </summary>
public sealed class UnsupportedFieldException : Exception
{
    internal UnsupportedFieldException(string messageName, short version, string field, string reason)
        : base($"{messageName} v{version}: {field}: {reason}")
    {
        MessageName = messageName;
        Version = version;
        Field = field;
    }

    public string MessageName { get; }

    public short Version { get; }

    /// <summary>The path of the field, such as <c>Topics.Partitions</c>.</summary>
    public string Field { get; }
}
