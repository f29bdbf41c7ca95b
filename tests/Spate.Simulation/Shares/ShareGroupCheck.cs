using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Share;
using Spate.Simulation.Groups;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Shares;

/// <summary>
/// A share group: it assigns only partitions of which delivery state is there, there is state where it says so and nowhere else, and in the end somebody reads each
/// partition.
/// </summary>
internal sealed class ShareGroupCheck(World world, string groupId, IReadOnlyList<ShareMember> members, KeptStates kept) : GroupCheck(world, groupId)
{
    protected override int EpochOf(Group group) => group.Share?.Epoch ?? 0;

    protected override void LookAt(Group group)
    {
        if (group.Share is not { } share)
        {
            return;
        }

        foreach (var member in share.Members)
        {
            Epochs.Look(member.Id, member.Current.Epoch, share.AssignmentEpoch, share.Epoch);
        }

        LookAtLedger(share);
    }

    protected override void LookAtRest(Group group)
    {
        if (group.Share is not { } share)
        {
            World.Fault(Checks.Settling, $"{GroupId} is no share group");
            return;
        }

        var wanted = PartitionSet.Of(ShareStep.Subscribed(share.Members, World.Topics.Current).Select(static topic => (topic.Id, Enumerable.Range(0, topic.PartitionCount))));
        var read = members.Where(member => share.TryGetMember(member.MemberId, out _)).Aggregate(PartitionSet.Empty, static (all, member) => all.Union(member.Assigned));
        if (!wanted.Equals(read) || !share.Ledger.Initializing.IsEmpty || !share.Ledger.Deleting.IsEmpty || !kept.Of(GroupId).Equals(share.Ledger.Initialized))
        {
            World.Fault(
                Checks.Settling,
                $"{GroupId} reads {read} of {wanted}, begins {share.Ledger.Initializing}, has {share.Ledger.Initialized} of {kept.Of(GroupId)}, loses {string.Join(' ', share.Ledger.Deleting)}");
        }
    }

    private void LookAtLedger(ShareGroup group)
    {
        var (ledger, there) = (group.Ledger, kept.Of(GroupId));
        if (!there.Contains(ledger.Initialized))
        {
            World.Fault(Checks.Ledger, $"{GroupId} holds to be there {ledger.Initialized.Except(there)}, of which nothing is kept");
        }

        if (!ledger.Initialized.Union(ledger.Initializing).Contains(there))
        {
            World.Fault(Checks.Ledger, $"{GroupId} does not know of {there.Except(ledger.Initialized.Union(ledger.Initializing))}, of which something is kept");
        }

        foreach (var (memberId, target) in group.Targets)
        {
            var early = target.Where((topic, partition) => ledger.Names.ContainsKey(topic) && !ledger.Deleting.Contains(topic) && !ledger.Initialized.Contains(topic, partition));
            if (!early.IsEmpty)
            {
                World.Fault(Checks.Ledger, $"{GroupId} gives {memberId} {early}, of which nothing is kept yet");
            }
        }
    }
}
