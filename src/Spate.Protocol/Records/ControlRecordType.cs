namespace Spate.Protocol.Records;

/// <summary>What a control record says. Readers skip numbers that they do not know.</summary>
public enum ControlRecordType : short
{
    /// <summary>The transaction of the batch's producer ended here and is undone (KIP-98).</summary>
    Abort = 0,

    /// <summary>The transaction of the batch's producer ended here and stands.</summary>
    Commit = 1,

    /// <summary>A leader of a KRaft log took over (KIP-595).</summary>
    LeaderChange = 2,

    /// <summary>The first record of a KRaft snapshot (KIP-630).</summary>
    SnapshotHeader = 3,

    /// <summary>The last record of a KRaft snapshot.</summary>
    SnapshotFooter = 4,

    /// <summary>The version of KRaft that the voters use (KIP-853).</summary>
    KRaftVersion = 5,

    /// <summary>The voters of a KRaft log (KIP-853).</summary>
    KRaftVoters = 6,
}
