using FsCheck;
using FsCheck.Fluent;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Metadata.Tests.Control;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Log;

/// <summary>Whatever is decided, a node that reads the log anew comes to the image that the node has that decided it.</summary>
public sealed class ReplayTests
{
    [Fact]
    public void Replay_of_any_decisions_equals_the_live_image()
    {
        var steps = Gen.Choose(0, 11).ListOf(30).ToArbitrary();
        Check.One(
            Config.QuickThrowOnFailure.WithReplay(20_261_123UL, 1UL).WithMaxTest(100),
            Prop.ForAll(steps, choices => Describe(Live(choices, out var log)) == Describe(Replayed(log))));
    }

    private static ClusterImage Live(IEnumerable<int> choices, out MemoryMetadataLog log)
    {
        log = new MemoryMetadataLog();
        using var controller = new Controller(log, Topics.Settings(1, 2, 3), new Random(13));
        foreach (var choice in choices)
        {
            var name = $"topic-{choice % 4}";
            if (choice < 8)
            {
                var created = Done(controller.CreateTopicsAsync(Topics.Create(Topics.Topic(name, 1 + (choice % 3), (short)(1 + (choice % 2)), ("good", $"{choice}"))), default));
                Assert.True(created.Topics[0].ErrorCode is ErrorCode.None or ErrorCode.TopicAlreadyExists);
            }
            else
            {
                Done(controller.DeleteTopicsAsync(new DeleteTopicsRequest { TopicNames = [name] }, default));
            }
        }

        return controller.Image;
    }

    private static ClusterImage Replayed(MemoryMetadataLog log)
    {
        using var controller = new Controller(log, Topics.Settings(1, 2, 3), new Random(14));
        controller.Load();
        return controller.Image;
    }

    private static T Done<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompletedSuccessfully);
        return task.Result;
    }

    private static string Describe(ClusterImage image) => string.Join(
        '\n',
        image.TopicsByName.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal).Select(topic =>
            $"{topic.Name} {topic.Id} {image.TopicsById.ContainsKey(topic.Id)} {string.Join(',', image.ConfigOf(topic))} "
            + string.Join(';', topic.Partitions.Select(partition =>
                $"{partition.Index}:{string.Join(',', partition.Replicas)}/{string.Join(',', partition.InSyncReplicas)}/{partition.Leader}/{partition.LeaderEpoch}/{partition.PartitionEpoch}"))));
}
