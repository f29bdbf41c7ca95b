using System.Diagnostics.CodeAnalysis;
using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>
/// Makes of a classic group one of the consumer protocol, and the other way round, without taking anybody's partitions or offsets away: the
/// generation becomes the epoch, and what members were assigned last is what they have.
/// </summary>
internal sealed class ClassicConversion(ITopicCatalog catalog, GroupCoordinatorOptions options)
{
    /// <summary>
    /// The group of the consumer protocol that a classic group becomes because somebody of that protocol joins; null, with the reason, when
    /// it cannot. The group is in no list; the records make it so.
    /// </summary>
    public ConsumerGroup? Upgrade(ClassicGroup classic, List<CoordinatorRecord> records, out Refusal? refusal)
    {
        var fault = !options.Consumer.MigrationPolicy.HasFlag(ConsumerMigrationPolicy.Upgrade) ? "online upgrade is disabled."
            : !classic.IsConsumer ? "the group does not use the consumer embedded protocol."
            : classic.MemberCount > options.Consumer.MaxSize ? "the group size exceeds the consumer group maximum size."
            : null;
        if (fault is not null)
        {
            refusal = Cannot(classic, fault);
            return null;
        }

        var group = new ConsumerGroup(classic.Id, new GroupCounts());
        var claims = new List<(string MemberId, PartitionSet Owned)>();
        foreach (var member in classic.Members)
        {
            if (!TryConvert(classic, member, group.Owners, out var converted, out var owned, out fault))
            {
                refusal = Cannot(classic, fault);
                return null;
            }

            group.SetMetadata(member.Id, converted.Metadata);
            group.SetTarget(member.Id, converted.Current.Assigned);
            group.SetCurrent(member.Id, converted.Current);
            claims.Add((member.Id, owned));
        }

        KeepClaims(group, claims);

        group.SetEpoch(classic.Generation, 0);
        group.SetAssignmentEpoch(classic.Generation);
        if (classic.Logged is not null)
        {
            records.Add(GroupRecords.GroupTombstone(classic.Id));
        }

        AddRecords(group, records);
        refusal = null;
        return group;
    }

    /// <summary>Whether a group that has no member of the consumer protocol any more is to become a classic one.</summary>
    public bool MayDowngrade(ConsumerGroup group) =>
        options.Consumer.MigrationPolicy.HasFlag(ConsumerMigrationPolicy.Downgrade)
        && group.Members.Count > 0
        && group.Members.Count <= options.MaxSize
        && group.Members.All(member => member.SpeaksClassic);

    /// <summary>
    /// The records that make a group classic again. What its members have, to the last partition that they have not said they gave up, is their last assignment: what they
    /// were to have would let others read what they still read, if the group changed its protocol once more before they join.
    /// </summary>
    public List<CoordinatorRecord> Downgrade(ConsumerGroup group, long nowMs)
    {
        var members = group.Members.Select(member => (Member: member, Side: member.Metadata.Classic!)).ToList();
        var protocol = members[0].Side.Protocols.Select(each => each.Name).First(name => members.TrueForAll(member => member.Side.Supports(name)));
        var value = LoggedGroups.Empty(ConsumerSubscription.ProtocolType, group.Epoch, nowMs);
        value.Protocol = protocol;
        value.Leader = members[0].Member.Id;
        foreach (var (member, side) in members)
        {
            var subscription = side.Protocols.First(each => each.Name == protocol).Metadata;
            value.Members.Add(new GroupMetadataValue.MemberMetadata
            {
                MemberId = member.Id,
                GroupInstanceId = member.Metadata.InstanceId,
                ClientId = member.Metadata.ClientId,
                ClientHost = member.Metadata.ClientHost,
                RebalanceTimeout = member.Metadata.RebalanceTimeoutMs,
                SessionTimeout = side.SessionTimeoutMs,
                Subscription = subscription,
                Assignment = ConsumerAssignments.Write(member.Current.Assigned.Union(member.Current.PendingRevocation), catalog.Current, ConsumerAssignments.VersionOf(subscription)),
            });
        }

        var records = new List<CoordinatorRecord>();
        ConsumerGroupRemoval.AddTombstones(group, records);
        records.Add(GroupRecords.Group(group.Id, value));
        return records;
    }

    private static Refusal Cannot(ClassicGroup classic, string fault) =>
        new(ErrorCode.GroupIdNotFound, $"Cannot upgrade classic group {classic.Id} to consumer group because {fault}");

    private static void AddRecords(ConsumerGroup group, List<CoordinatorRecord> records)
    {
        records.AddRange(group.Members.Select(member => ConsumerGroupRecords.Member(group.Id, member.Id, member.Metadata)));
        records.Add(ConsumerGroupRecords.Group(group.Id, group.Epoch, group.MetadataHash));
        records.AddRange(group.Members.Select(member => ConsumerGroupRecords.Target(group.Id, member.Id, group.TargetOf(member.Id))));
        records.Add(ConsumerGroupRecords.TargetEpoch(group.Id, group.AssignmentEpoch));
        records.AddRange(group.Members.Select(member => ConsumerGroupRecords.Current(group.Id, member.Id, member.Current)));
    }

    /// <summary>
    /// A cooperative member that was assigned less than it had may not have heard of it yet. What it said it had when it joined, and nobody else was assigned, it is still to give up:
    /// it is free when the member joins again and does not name it any more.
    /// </summary>
    private static void KeepClaims(ConsumerGroup group, List<(string MemberId, PartitionSet Owned)> claims)
    {
        foreach (var (memberId, owned) in claims)
        {
            var kept = owned.Where((topic, partition) => group.Owners.Find(topic, partition) is null);
            if (!kept.IsEmpty && group.TryGetMember(memberId, out var member))
            {
                var current = member.Current;
                group.SetCurrent(memberId, current.In(current.Epoch, MemberState.UnrevokedPartitions, current.Assigned, kept));
            }
        }
    }

    private bool TryConvert(
        ClassicGroup classic,
        ClassicMember member,
        PartitionOwners owners,
        [NotNullWhen(true)] out ConsumerMember? converted,
        out PartitionSet owned,
        [NotNullWhen(false)] out string? fault)
    {
        converted = null;
        owned = PartitionSet.Empty;
        if (!ConsumerSubscription.TryRead(member.MetadataFor(classic.Protocol ?? member.Protocols[0].Name), out var subscription)
            && !ConsumerSubscription.TryRead(member.Protocols[0].Metadata, out subscription))
        {
            fault = "the embedded consumer protocol is malformed.";
            return false;
        }

        if (!ConsumerAssignments.TryRead(member.Assignment, catalog.Current, out var assigned, out var hasUserData))
        {
            fault = "the embedded consumer protocol is malformed.";
            return false;
        }

        if (hasUserData)
        {
            fault = "an unsupported custom assignor is in use.";
            return false;
        }

        var metadata = ClassicMembers.Metadata(
            MemberMetadata.None with { InstanceId = member.InstanceId, ClientId = member.ClientId, ClientHost = member.ClientHost },
            subscription,
            member.RebalanceTimeoutMs,
            new ClassicSide(member.SessionTimeoutMs, member.Protocols));
        var current = new CurrentAssignment
        {
            Epoch = classic.Generation,
            PreviousEpoch = classic.Generation,

            // A client may assign a partition twice. Nobody has it twice here.
            Assigned = assigned.Where((topic, partition) => owners.Find(topic, partition) is null),
        };
        converted = new ConsumerMember(member.Id, metadata, current);
        owned = ConsumerAssignments.ToSet(subscription.OwnedPartitions.Select(topic => (topic.Topic, (IEnumerable<int>)topic.Partitions)), catalog.Current);
        fault = null;
        return true;
    }
}
