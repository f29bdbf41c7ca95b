using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Messages;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Streams;

/// <summary>
/// An application of two parts, of which the first hands records to the second by a topic of its own and keeps counts; and the topics that it needs. Those of its own are made
/// by whoever answers its members, if that succeeds.
/// </summary>
internal sealed class StreamsApplication(World world)
{
    /// <summary>The part that keeps state.</summary>
    public const string Counting = "1";

    private const string Between = "regrouped";
    private const string Kept = "counts";
    private static readonly string[] Sources = ["words", "names"];

    public static StreamsGroupHeartbeatRequest.StreamsTopology Topology { get; } = Applications.Of(
        Applications.Part(Counting, [Sources[0]], sinks: [Between], changelogs: [Kept]),
        Applications.Part("2", [Sources[1]], own: [(Between, 0)]));

    /// <summary>Where its state is.</summary>
    public StreamsDisks Disks { get; } = new(world);

    /// <summary>The sources are there, and what is not as the application needs it is made anew.</summary>
    public void Mend()
    {
        foreach (var missing in Sources.Where(source => world.Topics.Current.Find(source) is null))
        {
            world.Topics.Set(missing, world.Random.Next(1, 5));
        }

        world.Topics.Delete(Between);
        world.Topics.Delete(Kept);
    }

    /// <summary>Topics grow, go, and are mended.</summary>
    public string Change()
    {
        switch (world.Random.Next(4))
        {
            case 0:
                var gone = world.Pick([.. Sources, Between, Kept]);
                world.Topics.Delete(gone);
                return $"topic {gone} goes";
            case 1:
                var grown = world.Pick(Sources);
                var partitions = Math.Min(8, world.Random.Next(1, 3) + (world.Topics.Current.Find(grown)?.PartitionCount ?? 0));
                world.Topics.Set(grown, partitions);
                return $"topic {grown} has {partitions} partitions";
            default:
                Mend();
                return "the application's topics are mended";
        }
    }

    /// <summary>What the controller does when it is asked for topics: nothing, now and then.</summary>
    public void Create(IReadOnlyList<CreateTopicsRequest.CreatableTopic> missing)
    {
        if (!world.Weather.IsCalm && world.Random.Next(4) == 0)
        {
            return;
        }

        foreach (var topic in missing.Where(topic => world.Topics.Current.Find(topic.Name) is null))
        {
            world.Topics.Set(topic.Name, topic.NumPartitions);
        }
    }

    /// <summary>Whether there is such a task that keeps state, as far as can be seen.</summary>
    public bool KeepsState(TaskId task) => task.Subtopology == Counting && task.Partition < (world.Topics.Current.Find(Sources[0])?.PartitionCount ?? 0);

    /// <summary>The partitions that tasks read.</summary>
    public PartitionSet Inputs(TaskSet tasks) => PartitionSet.Of(tasks.ToPairs().SelectMany(part => (part.Topic == Counting ? [Sources[0]] : new[] { Sources[1], Between })
        .Select(world.Topics.Current.Find).OfType<Coordination.Topics.TopicDescription>()
        .Select(topic => (topic.Id, part.Partitions.Where(partition => partition < topic.PartitionCount)))));
}
