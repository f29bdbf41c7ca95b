using Spate.Metadata.Images;
using Spate.Metadata.Tests.Control;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Images;

public sealed class PartitionChangeTests
{
    private static readonly Uuid FirstDirectory = new(1, 1);
    private static readonly Uuid SecondDirectory = new(2, 2);

    [Fact]
    public void Apply_ChangeThatSaysNothing_RaisesThePartitionEpochOnly()
    {
        var before = Image();
        var after = Change(before, new PartitionChangeRecord());

        Assert.Equal(before with { PartitionEpoch = 8 }, after);
    }

    [Fact]
    public void Apply_NewLeader_RaisesTheLeaderEpoch()
    {
        var after = Change(Image(), new PartitionChangeRecord { Leader = 2, Isr = [2] });

        Assert.Equal((2, 6, 8), (after.Leader, after.LeaderEpoch, after.PartitionEpoch));
        Assert.Equal([2], after.InSyncReplicas.ToArray());
        Assert.Equal([1, 2], after.Replicas.ToArray());
    }

    [Fact]
    public void Apply_SameLeaderAgain_RaisesTheLeaderEpoch() =>
        Assert.Equal((1, 6), (Change(Image(), new PartitionChangeRecord { Leader = 1 }).Leader, Change(Image(), new PartitionChangeRecord { Leader = 1 }).LeaderEpoch));

    [Fact]
    public void Apply_NoLeader_LeavesThePartitionWithoutOne() =>
        Assert.Equal((-1, 6), (Change(Image(), new PartitionChangeRecord { Leader = -1 }).Leader, Change(Image(), new PartitionChangeRecord { Leader = -1 }).LeaderEpoch));

    [Fact]
    public void Apply_Reassignment_IsKeptUntilItIsTakenBack()
    {
        var during = Change(Image(), new PartitionChangeRecord { Replicas = [1, 2, 3], AddingReplicas = [3], RemovingReplicas = [2] });
        Assert.Equal([3], during.AddingReplicas.ToArray());
        Assert.Equal([2], during.RemovingReplicas.ToArray());
        Assert.Empty(during.Directories);

        var topic = new TopicImage(FirstDirectory, "t", [during]);
        var done = topic.With(new PartitionChangeRecord { PartitionId = 0, Replicas = [1, 3], Directories = [SecondDirectory, FirstDirectory], AddingReplicas = [], RemovingReplicas = [] }).Partitions[0];
        Assert.Empty(done.AddingReplicas);
        Assert.Empty(done.RemovingReplicas);
        Assert.Equal([SecondDirectory, FirstDirectory], done.Directories.ToArray());
    }

    [Fact]
    public void Apply_RecoveryState_IsKeptUnlessItIsSaid()
    {
        var recovering = Change(Image(), new PartitionChangeRecord { LeaderRecoveryState = 1 });
        Assert.Equal(1, recovering.LeaderRecoveryState);
        Assert.Equal(1, new TopicImage(FirstDirectory, "t", [recovering]).With(new PartitionChangeRecord { PartitionId = 0 }).Partitions[0].LeaderRecoveryState);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void Apply_ChangeOfAPartitionThatIsNotThere_IsABrokenLog(int partition)
    {
        var image = Topics.Image("a");

        Assert.Throws<InvalidOperationException>(() => image.Apply(new PartitionChangeRecord { TopicId = image.TopicsByName["a"].Id, PartitionId = partition }));
        Assert.Throws<InvalidOperationException>(() => image.Apply(new PartitionChangeRecord { TopicId = FirstDirectory, PartitionId = 0 }));
    }

    private static PartitionImage Image() => new(0, [1, 2], [1, 2], 1, 5, 7) { Directories = [FirstDirectory, SecondDirectory] };

    private static PartitionImage Change(PartitionImage before, PartitionChangeRecord change)
    {
        change.PartitionId = 0;
        return new TopicImage(FirstDirectory, "t", [before]).With(change).Partitions[0];
    }
}
