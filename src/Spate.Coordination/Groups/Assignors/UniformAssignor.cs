namespace Spate.Coordination.Groups.Assignors;

/// <summary>
/// Each member gets as many partitions as the next, counted over all topics, and keeps what it has as far as that is fair. The default.
/// </summary>
internal sealed class UniformAssignor : IPartitionAssignor
{
    public string Name => "uniform";

    public PartitionSet[] Assign(AssignmentQuestion question)
    {
        if (question.Members.Count == 0)
        {
            return [];
        }

        var table = new SlotTable(question.Topics);
        var owners = table.CurrentOwners(question.Members);
        var racks = question.KnowsRacks
            ? SlotRacks.Of(question.Members.Select(member => member.Rack), question.Topics.SelectMany(topic => Enumerable.Range(0, topic.PartitionCount).Select(topic.RacksOf)))
            : null;
        if (question.IsHomogeneous)
        {
            FairShares.Assign(owners, question.Members.Count, inTurn: true, racks);
        }
        else
        {
            new MixedShares(question, table, owners, racks).Assign();
        }

        return table.ToSets(owners, question.Members);
    }
}
