using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Images;

public sealed class BrokersImageTests
{
    [Fact]
    public void Apply_Registration_IsKeptWholeAndReplacedByALaterOne()
    {
        var image = ClusterImage.Empty.Apply(Register(1, 5));

        var broker = Assert.Single(image.Brokers.ById).Value;
        Assert.Equal((1, 5L, "r1", true, false), (broker.Id, broker.Epoch, broker.Rack, broker.IsFenced, broker.IsInControlledShutdown));
        Assert.Equal(new BrokerEndPoint("PLAINTEXT", "host", 9092, 0), broker.FindEndPoint("PLAINTEXT"));
        Assert.Null(broker.FindEndPoint("SSL"));
        Assert.Equal([new FeatureRange("metadata.version", 7, 29)], broker.Features.ToArray());
        Assert.Equal([new Uuid(3, 3)], broker.LogDirs.ToArray());

        Assert.Equal(9, image.Apply(Register(1, 9)).Brokers.Find(1)!.Epoch);
    }

    [Fact]
    public void Apply_FenceAndUnfence_SaysWhetherTheBrokerMayLead()
    {
        var image = ClusterImage.Empty.Apply(Register(1, 5)).Apply(new UnfenceBrokerRecord { Id = 1, Epoch = 5 });
        Assert.False(image.Brokers.Find(1)!.IsFenced);

        Assert.True(image.Apply(new FenceBrokerRecord { Id = 1, Epoch = 5 }).Brokers.Find(1)!.IsFenced);
    }

    [Fact]
    public void Apply_RegistrationChange_ChangesWhatItSays()
    {
        var image = ClusterImage.Empty.Apply(Register(1, 5));

        image = image.Apply(new BrokerRegistrationChangeRecord { BrokerId = 1, BrokerEpoch = 5, Fenced = -1, InControlledShutdown = 1 });
        Assert.Equal((false, true), (image.Brokers.Find(1)!.IsFenced, image.Brokers.Find(1)!.IsInControlledShutdown));
        Assert.Equal([new Uuid(3, 3)], image.Brokers.Find(1)!.LogDirs.ToArray());

        image = image.Apply(new BrokerRegistrationChangeRecord { BrokerId = 1, BrokerEpoch = 5, LogDirs = [new Uuid(4, 4)] });
        Assert.Equal((false, true), (image.Brokers.Find(1)!.IsFenced, image.Brokers.Find(1)!.IsInControlledShutdown));
        Assert.Equal([new Uuid(4, 4)], image.Brokers.Find(1)!.LogDirs.ToArray());
    }

    [Fact]
    public void Apply_Unregistration_TakesTheBrokerOut() =>
        Assert.Empty(ClusterImage.Empty.Apply(Register(1, 5)).Apply(new UnregisterBrokerRecord { BrokerId = 1, BrokerEpoch = 5 }).Brokers.ById);

    public static TheoryData<string> Nonsense => ["registered again in the same epoch", "fence of a stranger", "fence of another epoch", "unfence of another epoch", "change of another epoch", "change of 2", "unregistration of a stranger"];

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void Apply_RecordThatCannotBe_IsABrokenLog(string what)
    {
        var image = ClusterImage.Empty.Apply(Register(1, 5));
        IMetadataRecord record = what switch
        {
            "registered again in the same epoch" => Register(1, 5),
            "fence of a stranger" => new FenceBrokerRecord { Id = 2, Epoch = 5 },
            "fence of another epoch" => new FenceBrokerRecord { Id = 1, Epoch = 4 },
            "unfence of another epoch" => new UnfenceBrokerRecord { Id = 1, Epoch = 6 },
            "change of another epoch" => new BrokerRegistrationChangeRecord { BrokerId = 1, BrokerEpoch = 4 },
            "change of 2" => new BrokerRegistrationChangeRecord { BrokerId = 1, BrokerEpoch = 5, Fenced = 2 },
            "unregistration of a stranger" => new UnregisterBrokerRecord { BrokerId = 2, BrokerEpoch = 5 },
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, "No such nonsense."),
        };

        Assert.Throws<InvalidOperationException>(() => image.Apply(record));
    }

    internal static RegisterBrokerRecord Register(int id, long epoch) => new()
    {
        BrokerId = id,
        BrokerEpoch = epoch,
        IncarnationId = new Uuid(9, (ulong)epoch),
        EndPoints = [new RegisterBrokerRecord.BrokerEndpoint { Name = "PLAINTEXT", Host = "host", Port = 9092 }],
        Features = [new RegisterBrokerRecord.BrokerFeature { Name = "metadata.version", MinSupportedVersion = 7, MaxSupportedVersion = 29 }],
        Rack = "r1",
        Fenced = true,
        LogDirs = [new Uuid(3, 3)],
    };
}
