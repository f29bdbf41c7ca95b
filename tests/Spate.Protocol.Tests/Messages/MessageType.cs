using System.Globalization;
using System.Reflection;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Protocol.Tests.Messages;

/// <summary>A generated class, found by reflection.</summary>
internal sealed class MessageType
{
    private MessageType(Type type)
    {
        Type = type;
        LowestVersion = Constant("LowestVersion");
        HighestVersion = Constant("HighestVersion");
        FirstFlexibleVersion = Constant("FirstFlexibleVersion");
    }

    public static IReadOnlyList<MessageType> All { get; } =
    [
        .. typeof(IMessage).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IMessage).IsAssignableFrom(type))
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(type => new MessageType(type)),
    ];

    public Type Type { get; }

    public string Name => Type.Name;

    public short LowestVersion { get; }

    public short HighestVersion { get; }

    public short FirstFlexibleVersion { get; }

    public IEnumerable<short> Versions => Enumerable.Range(LowestVersion, HighestVersion - LowestVersion + 1).Select(version => (short)version);

    public static MessageType Named(string name) => All.Single(type => type.Name == name);

    public IMessage Create() => (IMessage)Activator.CreateInstance(Type)!;

    /// <summary>Reads a message to the last byte.</summary>
    public IMessage Decode(ReadOnlyMemory<byte> bytes, short version)
    {
        var message = Create();
        var reader = new MessageReader(bytes);
        message.Read(ref reader, version);
        reader.EnsureEnd();
        return message;
    }

    public static byte[] Encode(IMessage message, short version)
    {
        using var writer = new MessageWriter();
        message.Write(writer, version);
        return writer.ToArray();
    }

    private short Constant(string name) =>
        Convert.ToInt16(Type.GetField(name, BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue(), CultureInfo.InvariantCulture);
}
