using Spate.Metadata.Log;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using Spate.Protocol.Wire;

namespace Spate.Cli.LogFiles;

/// <summary>Decodes what brokers keep in topics of their own, each as the name of the message and its fields as JSON.</summary>
internal static class InternalRecords
{
    private const string Decisions = "__cluster_metadata";

    /// <summary>Messages by the version of the key, which is the type of the record.</summary>
    private static readonly Dictionary<string, Dictionary<short, (Func<IMessage> Key, Func<IMessage> Value)>> Topics = new(StringComparer.Ordinal)
    {
        ["__consumer_offsets"] = new()
        {
            [0] = Of<OffsetCommitKey, OffsetCommitValue>(),
            [1] = Of<OffsetCommitKey, OffsetCommitValue>(),
            [2] = Of<GroupMetadataKey, GroupMetadataValue>(),
            [3] = Of<ConsumerGroupMetadataKey, ConsumerGroupMetadataValue>(),
            [4] = Of<ConsumerGroupPartitionMetadataKey, ConsumerGroupPartitionMetadataValue>(),
            [5] = Of<ConsumerGroupMemberMetadataKey, ConsumerGroupMemberMetadataValue>(),
            [6] = Of<ConsumerGroupTargetAssignmentMetadataKey, ConsumerGroupTargetAssignmentMetadataValue>(),
            [7] = Of<ConsumerGroupTargetAssignmentMemberKey, ConsumerGroupTargetAssignmentMemberValue>(),
            [8] = Of<ConsumerGroupCurrentMemberAssignmentKey, ConsumerGroupCurrentMemberAssignmentValue>(),
            [9] = Of<ShareGroupPartitionMetadataKey, ShareGroupPartitionMetadataValue>(),
            [10] = Of<ShareGroupMemberMetadataKey, ShareGroupMemberMetadataValue>(),
            [11] = Of<ShareGroupMetadataKey, ShareGroupMetadataValue>(),
            [12] = Of<ShareGroupTargetAssignmentMetadataKey, ShareGroupTargetAssignmentMetadataValue>(),
            [13] = Of<ShareGroupTargetAssignmentMemberKey, ShareGroupTargetAssignmentMemberValue>(),
            [14] = Of<ShareGroupCurrentMemberAssignmentKey, ShareGroupCurrentMemberAssignmentValue>(),
            [15] = Of<ShareGroupStatePartitionMetadataKey, ShareGroupStatePartitionMetadataValue>(),
            [16] = Of<ConsumerGroupRegularExpressionKey, ConsumerGroupRegularExpressionValue>(),
            [17] = Of<StreamsGroupMetadataKey, StreamsGroupMetadataValue>(),
            [19] = Of<StreamsGroupMemberMetadataKey, StreamsGroupMemberMetadataValue>(),
            [20] = Of<StreamsGroupTargetAssignmentMetadataKey, StreamsGroupTargetAssignmentMetadataValue>(),
            [21] = Of<StreamsGroupTargetAssignmentMemberKey, StreamsGroupTargetAssignmentMemberValue>(),
            [22] = Of<StreamsGroupCurrentMemberAssignmentKey, StreamsGroupCurrentMemberAssignmentValue>(),
            [23] = Of<StreamsGroupTopologyKey, StreamsGroupTopologyValue>(),
        },
        ["__transaction_state"] = new() { [0] = Of<TransactionLogKey, TransactionLogValue>() },
        ["__share_group_state"] = new() { [0] = Of<ShareSnapshotKey, ShareSnapshotValue>(), [1] = Of<ShareUpdateKey, ShareUpdateValue>() },
    };

    /// <returns>Null when the topic is nobody's own, or the record is of a type that is not known.</returns>
    public static (string? Key, string? Value)? Decode(string? topic, NullableBytes key, NullableBytes value)
    {
        try
        {
            if (topic == Decisions && !value.IsNull)
            {
                var record = MetadataRecordCodec.Decode(value.ToArray());
                return ($"{record.Type}", FieldsAsJson.Write(record));
            }

            if (topic is null || key.IsNull || !Topics.TryGetValue(topic, out var types) || !types.TryGetValue(new MessageReader(key.ToArray()).ReadInt16(), out var type))
            {
                return null;
            }

            var name = type.Key();
            return ($"{name.GetType().Name} {FieldsAsJson.Write(Read(name, key))}", value.IsNull ? null : Decoded(Read(type.Value(), value)));
        }
        catch (Exception fault) when (fault is MalformedMessageException or InvalidDataException)
        {
            return null; // Written by a newer broker, or damaged: it is shown as it is.
        }
    }

    private static string Decoded(IMessage record) => FieldsAsJson.Write(record, ConsumerProtocolBytes.DecoderOf(record));

    private static IMessage Read(IMessage message, NullableBytes bytes)
    {
        var reader = new MessageReader(bytes.ToArray());
        var version = reader.ReadInt16();
        message.Read(ref reader, version);
        return message;
    }

    private static (Func<IMessage> Key, Func<IMessage> Value) Of<TKey, TValue>()
        where TKey : IMessage, new()
        where TValue : IMessage, new() => (static () => new TKey(), static () => new TValue());
}
