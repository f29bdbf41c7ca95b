using Spate.Metadata.Images;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Log;

/// <summary>In which version a record is written at a level of <c>metadata.version</c>: the newest that every node of the cluster can read.</summary>
internal static class RecordVersions
{
    public static short Of(IMetadataRecord record, short metadataVersion) => record switch
    {
        RegisterBrokerRecord => metadataVersion >= MetadataVersion.Directories ? (short)3 : metadataVersion >= MetadataVersion.Migration ? (short)2 : (short)1,
        BrokerRegistrationChangeRecord => metadataVersion >= MetadataVersion.Directories ? (short)2 : (short)1,
        PartitionRecord partition => OfPartition(partition.EligibleLeaderReplicas is not null || partition.LastKnownElr is not null, metadataVersion),
        PartitionChangeRecord change => OfPartition(change.EligibleLeaderReplicas is not null || change.LastKnownElr is not null, metadataVersion),
        _ => 0,
    };

    private static short OfPartition(bool hasEligibleLeaders, short metadataVersion) =>
        hasEligibleLeaders && metadataVersion >= MetadataVersion.EligibleLeaders ? (short)2
        : metadataVersion >= MetadataVersion.Directories ? (short)1
        : (short)0;
}
