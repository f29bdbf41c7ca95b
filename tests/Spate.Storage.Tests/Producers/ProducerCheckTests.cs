using Spate.Storage.Producers;
using static Spate.Storage.Producers.ProducerCheckOutcome;

namespace Spate.Storage.Tests.Producers;

/// <summary>The rules as a table: what the log holds, what comes in, what is done with it. Steps are those of <see cref="ProducerLog.Do"/>.</summary>
public sealed class ProducerCheckTests
{
    public static TheoryData<string, string, ProducerCheckOutcome> ClientBatches => new()
    {
        // Nothing is known of the producer: any sequence and any epoch (KIP-360).
        { "", "p1e0s0", Accepted },
        { "", "p1e0s7", Accepted },
        { "", "p1e5s0", Accepted },
        { "p2e0s0", "p1e0s7", Accepted },

        // In sequence, with a gap, backwards.
        { "p1e0s0", "p1e0s1", Accepted },
        { "p1e0s0x3", "p1e0s3", Accepted },
        { "p1e0s0x3", "p1e0s4", OutOfOrderSequence },
        { "p1e0s0x3", "p1e0s2", OutOfOrderSequence },
        { "p1e0s7", "p1e0s8", Accepted },
        { "p1e0s7", "p1e0s0", OutOfOrderSequence },

        // The sequence wraps around.
        { "p1e0s2147483647", "p1e0s0", Accepted },
        { "p1e0s2147483647", "p1e0s1", OutOfOrderSequence },
        { "p1e0s2147483646x3", "p1e0s1", Accepted },
        { "p1e0s2147483646x3", "p1e0s0", OutOfOrderSequence },

        // Duplicates have exactly the sequences of one of the last five batches.
        { "p1e0s0", "p1e0s0", Duplicate },
        { "p1e0s2147483646x3", "p1e0s2147483646x3", Duplicate },
        { "p1e0s0x3", "p1e0s0x2", OutOfOrderSequence },
        { "p1e0s0x3", "p1e0s1x2", OutOfOrderSequence },
        { "p1e0s0 p1e0s1 p1e0s2 p1e0s3 p1e0s4", "p1e0s0", Duplicate },
        { "p1e0s0 p1e0s1 p1e0s2 p1e0s3 p1e0s4", "p1e0s4", Duplicate },
        { "p1e0s0 p1e0s1 p1e0s2 p1e0s3 p1e0s4 p1e0s5", "p1e0s0", OutOfOrderSequence },
        { "p1e0s0 p1e0s1 p1e0s2 p1e0s3 p1e0s4 p1e0s5", "p1e0s1", Duplicate },
        { "p1e0s0 p2e0s0 p2e0s1 p2e0s2 p2e0s3 p2e0s4 p2e0s5", "p1e0s0", Duplicate },

        // Epochs: an older one is fenced, whatever its sequence; a newer one begins at 0 and has no duplicates in the older.
        { "p1e1s0", "p1e0s1", InvalidProducerEpoch },
        { "p1e1s0", "p1e0s0", InvalidProducerEpoch },
        { "p1e1s0", "p1e2s0", Accepted },
        { "p1e1s0", "p1e2s1", OutOfOrderSequence },
        { "p1e1s0 p1e2s0", "p1e2s1", Accepted },
        { "p1e1s5 p1e2s0", "p1e1s5", InvalidProducerEpoch },

        // A marker fences like a batch, and its new epoch begins at 0; with the same epoch the sequence goes on.
        { "p1e0s0t p1e0commit", "p1e0s1t", Accepted },
        { "p1e0s0t p1e0commit", "p1e0s0t", Duplicate },
        { "p1e0s0t p1e1commit", "p1e0s1t", InvalidProducerEpoch },
        { "p1e0s0t p1e1commit", "p1e1s0t", Accepted },
        { "p1e0s0t p1e1commit", "p1e1s1t", OutOfOrderSequence },
        { "p1e3abort", "p1e2s0t", InvalidProducerEpoch },
        { "p1e3abort", "p1e3s0t", Accepted },
        { "p1e3abort", "p1e3s5t", OutOfOrderSequence },

        // Inside a transaction everything is transactional; outside, both are fine.
        { "p1e0s0t", "p1e0s1t", Accepted },
        { "p1e0s0t", "p1e0s1", InvalidTransactionState },
        { "p1e0s0t", "p1e1s0", InvalidTransactionState },
        { "p1e0s0t", "p1e0s5", OutOfOrderSequence },
        { "p1e0s0t p1e0abort", "p1e0s1", Accepted },
        { "p1e0s0", "p1e0s1t", Accepted },
    };

    [Theory]
    [MemberData(nameof(ClientBatches))]
    public void Check_BatchOfAClient(string log, string incoming, ProducerCheckOutcome expected)
    {
        Assert.Equal(expected, new ProducerLog().Do(log).Check(ProducerLog.Parse(incoming)).Outcome);
    }

    [Theory]
    [InlineData("p1e0s0", "p1e0s0")]
    [InlineData("p1e0s0", "p1e0s9")]
    [InlineData("p1e7s0", "p1e0s9")]
    [InlineData("p1e0s0t", "p1e0s1")]
    public void Check_ReplicatedBatch_IsAlwaysAccepted(string log, string incoming)
    {
        Assert.True(new ProducerLog().Do(log).Check(ProducerLog.Parse(incoming), AppendOrigin.Replication).IsAccepted);
    }

    [Theory]
    [InlineData("", 0, Accepted)]
    [InlineData("p1e0s0t", 0, Accepted)]
    [InlineData("p1e3s0t", 3, Accepted)]
    [InlineData("p1e3s0t", 4, Accepted)]
    [InlineData("p1e3s0t", 2, InvalidProducerEpoch)]
    [InlineData("p1e3s0t", -1, InvalidRecord)]
    public void Check_BatchOfACoordinator_LooksAtTheEpochOnly(string log, short epoch, ProducerCheckOutcome expected)
    {
        var batch = ProducerLog.Batch(1, epoch, firstSequence: -1, isTransactional: true);

        Assert.Equal(expected, new ProducerLog().Do(log).Check(batch, AppendOrigin.Coordinator).Outcome);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    public void Check_ClientBatchWithoutEpochOrSequence_IsNoRecord(short epoch, int firstSequence)
    {
        Assert.Equal(InvalidRecord, new ProducerLog().Check(ProducerLog.Batch(1, epoch, firstSequence)).Outcome);
    }

    [Fact]
    public void Check_BatchWithoutProducerId_IsABrokenInvariant()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProducerLog().Check(ProducerLog.Batch(-1, -1, -1)));
    }

    [Fact]
    public void Check_Duplicate_TellsWhatTheFirstAnswerSaid()
    {
        var log = new ProducerLog().Do("plain10");
        log.Apply(ProducerLog.Batch(1, 0, 0, count: 4, timestamp: 77));
        log.Do("p1e0s4 p1e0s5");

        var check = log.Check(ProducerLog.Batch(1, 0, 0, count: 4, timestamp: 99));

        Assert.Equal(new ProducerCheck(Duplicate, FirstOffset: 10, LastOffset: 13, Timestamp: 77), check);
    }

    [Fact]
    public void Check_Anything_ChangesNothing()
    {
        var log = new ProducerLog().Do("p1e1s0t p2e0s0");
        var before = log.States.ToSnapshot();

        foreach (var step in new[] { "p1e0s0", "p1e1s0t", "p1e2s0t", "p3e0s0", "p2e0s5" })
        {
            log.Check(ProducerLog.Parse(step));
        }

        Assert.Equal(before, log.States.ToSnapshot());
        Assert.Equal(2, log.EndOffset);
    }

    public static TheoryData<string, short, int, short, ProducerCheckOutcome> Markers => new()
    {
        // log, epoch of the marker, coordinator epoch, transaction version
        { "", 0, 0, 1, Accepted },
        { "", 0, 0, 2, Accepted },
        { "p1e3s0t", 3, 0, 1, Accepted },
        { "p1e3s0t", 4, 0, 1, Accepted },
        { "p1e3s0t", 2, 0, 1, InvalidProducerEpoch },
        { "p1e3s0t", 4, 0, 2, Accepted },
        { "p1e3s0t", 3, 0, 2, InvalidProducerEpoch },
        { "p1e3s0t", 2, 0, 2, InvalidProducerEpoch },
        { "p1e3s0t p1e4commit", 4, 0, 2, Accepted },
        { "p1e3s0t p1e4commit", 3, 0, 2, InvalidProducerEpoch },
        { "p1e3s0t p1e3commit", 3, -1, 1, TransactionCoordinatorFenced },
        { "p1e3s0t p1e3commit", 2, -1, 1, InvalidProducerEpoch },
        { "p1e3s0t", 3, -1, 1, Accepted },
    };

    [Theory]
    [MemberData(nameof(Markers))]
    public void Check_Marker(string log, short epoch, int coordinatorEpoch, short transactionVersion, ProducerCheckOutcome expected)
    {
        var states = new ProducerLog().Do(log).States;
        var marker = ProducerLog.Marker(1, epoch, coordinatorEpoch: coordinatorEpoch);

        Assert.Equal(expected, states.Check(marker, AppendOrigin.Coordinator, transactionVersion).Outcome);
        Assert.True(states.Check(marker, AppendOrigin.Replication, transactionVersion).IsAccepted);
    }
}
