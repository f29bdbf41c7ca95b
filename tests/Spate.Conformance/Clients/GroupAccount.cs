using Spate.Client;
using Spate.Client.Administration;
using Spate.Conformance.Processes;
using Spate.Protocol;

namespace Spate.Conformance.Clients;

/// <summary>What an asker of our own is told of a group, for the message of a test that waits in vain: whether records are missing, uncommitted, or only unread.</summary>
internal static class GroupAccount
{
    /// <summary>Does something; what times out meanwhile also says how the group stands and what the broker has written of it.</summary>
    public static async Task OrAccountAsync(this Task task, BrokerProcess broker, string group, string topic, IReadOnlyCollection<IGroupMember> members)
    {
        try
        {
            await task;
        }
        catch (TimeoutException timeout)
        {
            throw new TimeoutException(
                $"{timeout.Message}\n{await PartitionsAsync(broker, group, topic, members)}\nThe broker of the group:\n{string.Join('\n', broker.Log.Lines.Where(line => line.Text.Contains(group, StringComparison.Ordinal)))}",
                timeout);
        }
    }

    private static async Task<string> PartitionsAsync(BrokerProcess broker, string group, string topic, IReadOnlyCollection<IGroupMember> members)
    {
        try
        {
            await using var client = new KafkaClient(broker.Address);
            var committed = (await client.Admin.Groups.ListOffsetsAsync([group]))[group].Value;
            var places = (await client.Admin.Topics.DescribeAsync([topic]))[topic].Value.Partitions.Select((_, partition) => new TopicPartition(topic, partition)).ToList();
            var ends = await client.Admin.Partitions.ListOffsetsAsync(places.ToDictionary(place => place, _ => OffsetSpec.Latest));
            return string.Join('\n', places.Select(place =>
                $"{place}: ends at {ends[place].Value.Offset}, committed {(committed.TryGetValue(place, out var offset) ? offset.Value?.Offset : null)}, read by {ReadersOf(place, members)}"));
        }
        catch (KafkaException failure)
        {
            return $"The group could not be asked for: {failure.Message}";
        }
    }

    private static string ReadersOf(TopicPartition place, IReadOnlyCollection<IGroupMember> members) => string.Join(", ", members.Select((member, index) =>
    {
        var read = member.Records.Where(record => record.Topic == place.Topic && record.Partition == place.Partition).Select(record => record.Offset).ToList();
        return $"member {index}{(member.Assigned.Contains($"{place.Topic}:{place.Partition}") ? "*" : "")} {(read.Count == 0 ? "nothing" : $"{read.Count} up to {read.Max()}")}";
    }));
}
