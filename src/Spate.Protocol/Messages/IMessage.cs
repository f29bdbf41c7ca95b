using Spate.Protocol.Wire;

namespace Spate.Protocol.Messages;

/// <summary>
/// A structure of the protocol that has versions. Each generated class also names its versions as constants: <c>LowestVersion</c>,
/// <c>HighestVersion</c> and <c>FirstFlexibleVersion</c>.
/// </summary>
public interface IMessage
{
    /// <summary>Fills every property from the input; those that the version does not carry get their defaults.</summary>
    /// <exception cref="MalformedMessageException">The input is not such a message; the properties are in no defined state then.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such version.</exception>
    void Read(ref MessageReader reader, short version);

    /// <summary>Writes the message.</summary>
    /// <exception cref="UnsupportedFieldException">A property says something that the version cannot carry and that must not be lost.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such version.</exception>
    void Write(MessageWriter writer, short version);
}
