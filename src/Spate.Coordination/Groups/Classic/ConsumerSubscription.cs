using System.Diagnostics.CodeAnalysis;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Coordination.Groups.Classic;

/// <summary>What members of groups of the type <c>consumer</c> say about themselves. The coordinator looks into it for the topics alone.</summary>
internal static class ConsumerSubscription
{
    /// <summary>The type that consumers name when they join.</summary>
    public const string ProtocolType = "consumer";

    /// <summary>Adds the topics that a member subscribes to; false when the bytes are not a subscription.</summary>
    public static bool TryReadTopics(ReadOnlyMemory<byte> metadata, ISet<string> topics)
    {
        if (!TryRead(metadata, out var subscription))
        {
            return false;
        }

        topics.UnionWith(subscription.Topics);
        return true;
    }

    /// <summary>Reads what a member says of itself; false when the bytes are not a subscription.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> metadata, [NotNullWhen(true)] out ConsumerProtocolSubscription? subscription)
    {
        subscription = null;
        try
        {
            var reader = new MessageReader(metadata);
            var version = reader.ReadInt16();
            if (version < ConsumerProtocolSubscription.LowestVersion)
            {
                return false;
            }

            // A newer version begins as the newest known one does: that is how clients read each other.
            var read = new ConsumerProtocolSubscription();
            read.Read(ref reader, Math.Min(version, ConsumerProtocolSubscription.HighestVersion));
            subscription = read;
            return true;
        }
        catch (MalformedMessageException)
        {
            // Clients may put there what they like; it is theirs to understand.
            return false;
        }
    }
}
