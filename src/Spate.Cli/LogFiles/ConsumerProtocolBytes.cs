using System.Globalization;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Cli.LogFiles;

/// <summary>
/// What members of classic groups say to each other by way of the coordinator, which keeps it as bytes. Consumers speak the consumer protocol; Connect's workers and others have words of their own.
/// </summary>
internal static class ConsumerProtocolBytes
{
    private const string ProtocolType = "consumer";

    /// <summary>How the bytes in a record are decoded; null when they are shown as they are.</summary>
    public static Func<string, ReadOnlyMemory<byte>, object?>? DecoderOf(IMessage record) => record switch
    {
        GroupMetadataValue { ProtocolType: ProtocolType } => static (field, bytes) => field switch
        {
            nameof(GroupMetadataValue.MemberMetadata.Subscription) => Subscription(bytes),
            nameof(GroupMetadataValue.MemberMetadata.Assignment) => Assignment(bytes),
            _ => null,
        },

        // Those who speak the classic protocol in a group of the new one are consumers.
        ConsumerGroupMemberMetadataValue => static (field, bytes) => field == nameof(ConsumerGroupMemberMetadataValue.ClassicProtocol.Metadata) ? Subscription(bytes) : null,
        _ => null,
    };

    private static object? Subscription(ReadOnlyMemory<byte> bytes) =>
        Read<ConsumerProtocolSubscription>(bytes, "subscription", ConsumerProtocolSubscription.LowestVersion, ConsumerProtocolSubscription.HighestVersion);

    private static object? Assignment(ReadOnlyMemory<byte> bytes) =>
        Read<ConsumerProtocolAssignment>(bytes, "assignment", ConsumerProtocolAssignment.LowestVersion, ConsumerProtocolAssignment.HighestVersion);

    /// <returns>The message, or what is wrong; null for no bytes at all, as a member has that was assigned nothing yet.</returns>
    private static object? Read<TMessage>(ReadOnlyMemory<byte> bytes, string what, short lowest, short highest)
        where TMessage : IMessage, new()
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        try
        {
            var reader = new MessageReader(bytes);
            var version = reader.ReadInt16();
            if (version < lowest)
            {
                return new UndecodedBytes(bytes, string.Create(CultureInfo.InvariantCulture, $"no {what} of the consumer protocol has version {version}"));
            }

            // A newer version begins as the newest known one does: that is how clients read each other.
            var message = new TMessage();
            message.Read(ref reader, Math.Min(version, highest));
            return message;
        }
        catch (MalformedMessageException fault)
        {
            return new UndecodedBytes(bytes, $"no {what} of the consumer protocol: {fault.Message}");
        }
    }
}
