using Spate.Protocol.Errors;

namespace Spate.Client.Errors;

/// <summary>What a user can do about an error code: one sentence each, or nothing where the code's own sentence says all.</summary>
internal static class NextSteps
{
    public static string? For(ErrorCode code) => code switch
    {
        ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId =>
            "Create the topic, or check its name and the number of its partitions.",
        ErrorCode.TopicAlreadyExists => "Use the topic that is there, or delete it first.",
        ErrorCode.InvalidTopic => "Names have up to 249 letters, digits, dots, dashes and underscores, and topics of the brokers' own are not written to.",
        ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge =>
            "Raise the topic's max.message.bytes, or send smaller records or batches.",
        ErrorCode.InvalidRequiredAcks => "Set Acks to All, Leader or None.",
        ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend =>
            "Bring the missing brokers back, or lower the topic's min.insync.replicas.",
        ErrorCode.TopicAuthorizationFailed => "Ask for the right to use this topic: an ACL for the client's principal is missing.",
        ErrorCode.GroupAuthorizationFailed => "Ask for the right to use this group: an ACL for the client's principal is missing.",
        ErrorCode.ClusterAuthorizationFailed => "Ask for this right on the cluster: an ACL for the client's principal is missing.",
        ErrorCode.TransactionalIdAuthorizationFailed => "Ask for the right to use this transactional id: an ACL for the client's principal is missing.",
        ErrorCode.SaslAuthenticationFailed => "Check the user name and the password.",
        ErrorCode.UnsupportedVersion => "Upgrade the broker; Spate.Client works with Kafka 2.1 and newer.",
        ErrorCode.UnsupportedCompressionType => "Choose another codec, or upgrade the broker.",
        ErrorCode.OffsetOutOfRange => "Seek to an offset that is there, or set an offset reset policy.",
        ErrorCode.InvalidConfig => "Correct the name or the value of the setting.",
        ErrorCode.InvalidPartitions => "Choose a number of partitions above the present one.",
        ErrorCode.InvalidReplicationFactor => "Choose a replication factor from 1 to the number of brokers.",
        ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch =>
            "Another producer has taken this one's place; dispose this one.",
        ErrorCode.InvalidTransactionTimeout => "Lower TransactionTimeout, or raise the broker's transaction.max.timeout.ms.",
        ErrorCode.InvalidTimestamp => "Give the record a timestamp that the topic's message.timestamp settings allow.",
        ErrorCode.FencedInstanceId => "Another member has come under this one's GroupInstanceId; give each its own, and dispose this one.",
        ErrorCode.UnreleasedInstanceId => "Another member has this GroupInstanceId and is still there; give each its own, or wait until it has gone.",
        ErrorCode.InconsistentGroupProtocol =>
            "The members of a group need one assignor that all of them offer: change Assignors, or look for another kind of program that uses the group's name.",
        ErrorCode.InvalidSessionTimeout => "Choose a SessionTimeout between the broker's group.min.session.timeout.ms and group.max.session.timeout.ms.",
        ErrorCode.GroupMaxSizeReached => "Raise the broker's group.max.size, or run fewer members.",
        ErrorCode.UnsupportedAssignor => "Choose a RemoteAssignor that the broker has: see its group.consumer.assignors.",
        ErrorCode.InvalidRegularExpression => "Write the pattern in the syntax of RE2, which brokers use.",
        ErrorCode.InvalidGroupId => "Give the group a name.",
        ErrorCode.OffsetMetadataTooLarge => "Shorten the text, or raise the broker's offset.metadata.max.bytes.",
        ErrorCode.KafkaStorageError => "Look at the broker's disk and its log.",
        ErrorCode.UnknownServerError => "Look at the broker's log.",
        _ => null,
    };
}
