using FsCheck;
using FsCheck.Fluent;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Metadata.Tests.Control;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Log;

/// <summary>Whatever is decided, a node that reads the log anew comes to the image that the node has that decided it.</summary>
public sealed class ReplayTests
{
    private const int Kinds = 18;

    [Fact]
    public void Replay_of_any_decisions_equals_the_live_image() => CheckAll(choices =>
    {
        var live = Live(choices, out var log, snapshotAfter: -1);
        return Describe(live) == Describe(Replayed(log));
    });

    [Fact]
    public void Snapshot_and_what_follows_it_equals_the_live_image() => CheckAll(choices =>
    {
        var live = Live(choices, out var log, snapshotAfter: choices.Count / 2);
        return log.SnapshotCount <= 1 && Describe(live) == Describe(Replayed(log));
    });

    [Fact]
    public void Records_of_an_image_make_the_same_image() => CheckAll(choices =>
    {
        var live = Live(choices, out _, snapshotAfter: -1);
        return Describe(live) == Describe(live.ToRecords().Aggregate(ClusterImage.Empty, (image, record) => image.Apply(record)).At(live.Position));
    });

    private static void CheckAll(Func<List<int>, bool> holds)
    {
        var steps = Gen.Choose(0, (Kinds * 16) - 1).ListOf(40).ToArbitrary();
        Check.One(
            Config.QuickThrowOnFailure.WithReplay(20_261_123UL, 1UL).WithMaxTest(100),
            Prop.ForAll(steps, choices => holds([.. choices])));
    }

    private static ClusterImage Live(List<int> choices, out MemoryMetadataLog log, int snapshotAfter)
    {
        // Small batches, so that some decisions need several.
        log = new MemoryMetadataLog { BatchBytesMax = 400 };
        using var controller = new Controller(log, Topics.Settings(1, 2, 3), new Random(13));
        for (var index = 0; index < choices.Count; index++)
        {
            var (kind, variant) = (choices[index] % Kinds, choices[index] / Kinds);
            Decide(controller, kind, variant);
            if (index == snapshotAfter)
            {
                log.WriteSnapshot(controller.Image.Position, 0, controller.Image.ToRecords().Select(record => (ReadOnlyMemory<byte>)MetadataRecordCodec.Encode(record)));
            }
        }

        return controller.Image;
    }

    private static void Decide(Controller controller, int kind, int variant)
    {
        var name = $"topic-{variant % 4}";
        switch (kind)
        {
            case 0 or 1 or 2 or 3:
                Done(controller.CreateTopicsAsync(Topics.Create(Topics.Topic(name, 1 + (variant % 9), (short)(1 + (variant % 2)), ("good", $"{variant}"))), default));
                break;
            case 4:
                Done(controller.DeleteTopicsAsync(new DeleteTopicsRequest { TopicNames = [name] }, default));
                break;
            case 5 or 6:
                Done(controller.DecideAsync(Registration(variant % 4).Decide, default));
                break;
            case 7:
                Done(controller.DecideAsync(image => BrokerUnregistration.Decide(image, new UnregisterBrokerRequest { BrokerId = variant % 4 }, _ => false), default));
                break;
            case 8:
                Done(controller.DecideAsync(image => ProducerIdBlock.Decide(image, variant % 4), default));
                break;
            default:
                Done(controller.DecideAsync(image => new Decision<int>([.. Records(image, kind, variant, name)], 0), default));
                break;
        }
    }

    /// <summary>What other parts decide, now or later.</summary>
    private static IEnumerable<IMetadataRecord> Records(ClusterImage image, int kind, int variant, string name)
    {
        var broker = image.Brokers.Find(variant % 4);
        switch (kind)
        {
            case 9 when broker is not null:
                yield return new FenceBrokerRecord { Id = broker.Id, Epoch = broker.Epoch };
                break;
            case 10 when broker is not null:
                yield return new UnfenceBrokerRecord { Id = broker.Id, Epoch = broker.Epoch };
                break;
            case 11 when broker is not null:
                yield return new BrokerRegistrationChangeRecord { BrokerId = broker.Id, BrokerEpoch = broker.Epoch, InControlledShutdown = (sbyte)((variant % 3) - 1) };
                break;
            case 12 or 13 when image.TryGetTopic(name, out var topic):
                yield return new PartitionChangeRecord
                {
                    TopicId = topic.Id,
                    PartitionId = variant % topic.Partitions.Length,
                    Leader = (variant % 5) - 2,
                    Isr = variant % 2 == 0 ? [1] : null,
                    AddingReplicas = variant % 3 == 0 ? [3] : null,
                    LeaderRecoveryState = (sbyte)((variant % 3) - 1),
                    EligibleLeaderReplicas = kind == 13 && image.Features.MetadataVersion >= MetadataVersion.EligibleLeaders ? [variant % 3] : null,
                };
                break;
            case 14:
                yield return new ConfigRecord { ResourceType = ConfigResourceType.Group, ResourceName = name, Name = "x", Value = variant % 3 == 0 ? null : $"{variant}" };
                break;
            case 15:
                yield return new ConfigRecord { ResourceType = ConfigResourceType.Broker, ResourceName = variant % 2 == 0 ? "" : "1", Name = $"x{variant % 3}", Value = $"{variant}" };
                break;
            case 16:
                yield return new RegisterControllerRecord { ControllerId = variant % 3, IncarnationId = new Uuid(1, (ulong)variant) };
                break;
            case 17:
                yield return new FeatureLevelRecord { Name = Features.MetadataVersion, FeatureLevel = (short)(MetadataVersion.EligibleLeaders + (variant % 7)) };
                yield return new NoOpRecord();
                break;
        }
    }

    private static BrokerRegistration Registration(int id) => new()
    {
        NodeId = id,
        IncarnationId = new Uuid(5, (ulong)id),
        EndPoints = [new BrokerEndPoint("PLAINTEXT", "host", 9092, 0)],
        Rack = id == 0 ? null : $"rack-{id}",
        LogDirs = [new Uuid(6, (ulong)id)],
    };

    private static ClusterImage Replayed(MemoryMetadataLog log)
    {
        using var controller = new Controller(log, Topics.Settings(1, 2, 3), new Random(14));
        controller.Load();
        return controller.Image;
    }

    private static void Done<T>(ValueTask<T> task) => Assert.True(task.IsCompletedSuccessfully);

    private static string Describe(ClusterImage image) =>
        $"{image.Position} {image.TopicsById.Count} {string.Join('\n', image.ToRecords().Select(record => Convert.ToHexString(MetadataRecordCodec.Encode(record))))}";
}
